"""Numbers in a customer's lines, found beside the UI's thread: the library that knows numbers is no small thing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from agent_tui.core.phone.card_parts import Candidate
from agent_tui.core.phone.held import my_callback
from agent_tui.ports.errors import PortError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent_tui.model.entry import Entry
    from agent_tui.model.ids import ConversationRef
    from agent_tui.model.people import Customer
    from agent_tui.model.telephone import Telephone
    from agent_tui.ui.screens.console import ConsoleScreen

LOOKED_AT: Final = 200
"""So many of the newest entries are looked through."""


async def find_numbers(console: ConsoleScreen, ref: ConversationRef) -> tuple[Candidate, ...]:
    """The numbers that could be meant in this chat."""
    record = console.state.conversations.get(ref)
    held = console.state.transcripts.get(ref)
    if record is None:
        return ()
    entries = [entry for entry in held.entries[-LOOKED_AT:] if entry.from_customer] if held else []
    return await asyncio.to_thread(_find, record.customer, entries, console.state.telephone)


async def claimed_number(console: ConsoleScreen, ref: ConversationRef) -> str:
    """The number that was promised a callback which this agent has claimed here; empty where there is none."""
    call = my_callback(console.state, ref)
    if console.account is None or call is None:
        return ""
    if call.number is None:
        with suppress(PortError):  # the check that follows says what is wrong with the line
            call = await console.account.read_call(call.id)
    return call.number.e164 if call.number is not None else ""


def _find(customer: Customer, entries: Sequence[Entry], telephone: Telephone) -> tuple[Candidate, ...]:
    from agent_tui.core.phone.candidates import candidates, policy_of

    return candidates(customer, entries, policy_of(telephone))
