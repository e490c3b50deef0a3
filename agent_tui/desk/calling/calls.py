"""Calls as the rest of the desk uses them."""

from typing import Any

from msgspec import Struct

from agent_tui.desk.service.actor import Actor
from agent_tui.protocol import call_commands as c
from agent_tui.protocol import call_records as r
from agent_tui.protocol.commands import Command
from agent_tui.protocol.errors import Code, Refusal

OFF = "No telephone is set up at this desk yet."


class Calls:
    """Everything about calls that a command or a route asks for."""

    async def carry_out(self, actor: Actor, command: Command) -> Struct:
        """The answer to a command about a call. Raises `Refusal`."""
        raise Refusal(Code.CALL_STOPPED, OFF, stop="phone_off")

    async def phone(self, actor: Actor) -> r.PhoneFacts:
        """The desk's telephone."""
        return r.PhoneFacts(on=False, why=OFF)

    async def page(self, actor: Actor, **asked: Any) -> r.CallPage:
        """Calls."""
        return r.CallPage([])

    async def one(self, actor: Actor, call: str) -> r.CallNow:
        """One call."""
        raise Refusal(Code.NOT_FOUND, "There is no such call.")


COMMANDS: tuple[type[Command], ...] = c.StaffCallCommand.__args__ + c.VisitorCallCommand.__args__
