"""One HTTP request as a handler sees it: who asks, from where, and what."""

from typing import Any, NamedTuple

from starlette.requests import Request

from agent_tui.desk.desk import Desk
from agent_tui.desk.service import Actor
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Code, Refusal

NOBODY = Actor(Role.VISITOR, "")
"""Who asks where no sign-in is needed. Its role is never looked at: the handler checks what it was given."""

_MOST_DIGITS = 18


class Asked(NamedTuple):
    """A request after the guard let it pass."""

    desk: Desk
    actor: Actor
    request: Request
    body: Any
    """As the table's row names its type; None where it names none."""
    address: str
    """The network the request came from: what counts as one address."""

    def place(self, name: str) -> int:
        """A number in the path. Raises `Refusal`."""
        return _number(name, str(self.request.path_params[name]))

    def word(self, name: str) -> str:
        """A query parameter's text; empty if it was not given."""
        return str(self.request.query_params.get(name, ""))

    def number(self, name: str) -> int | None:
        """A query parameter's number. Raises `Refusal`."""
        text = self.word(name)
        return _number(name, text) if text else None

    def page_size(self, usual: int, most: int) -> int:
        """`limit`, within what the desk gives at once."""
        return max(1, min(self.number("limit") or usual, most))


def _number(name: str, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    raise Refusal(Code.BAD_VALUE, f"`{name}` has to be a whole number.")
