"""The demo: throwaway data, and customers who write by themselves. Everything in it is invented and says so."""

from agent_tui.desk.demo.live import Performance
from agent_tui.desk.demo.opening import perform
from agent_tui.desk.demo.seeding import Cast, seed

__all__ = ["Cast", "Performance", "perform", "seed"]
