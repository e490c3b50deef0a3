"""Who asks."""

from msgspec import Struct

from agent_tui.model.words import Role


class Actor(Struct, frozen=True):
    """The account behind a request, as sign-in found it. `id` is the agent's or the visitor's."""

    role: Role
    id: str
    name: str = ""
    session: str = ""
    """The device's session; empty for visitors."""
