"""What each command means. Sockets and routes bring who asks and what; everything is decided here."""

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.service import Service

__all__ = ["Actor", "Service"]
