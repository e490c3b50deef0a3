"""The hand-over packet: what whoever takes a call should know before the customer says hello. Pure."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from agent_tui.core import select
from agent_tui.core.phone.held import newest_call
from agent_tui.core.state import State
from agent_tui.model.entry import Entry
from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import AuthorKind, EntryKind

LINES: Final = 10
_LINE_SHOWN: Final = 300


class PacketLine(Struct, frozen=True):
    """One of the last lines."""

    who: SafeText
    text: SafeText
    by_customer: bool


class Packet(Struct, frozen=True):
    """All of it; a part that isn't known is empty."""

    name: SafeText
    standing: str
    """Stage and department."""
    need: tuple[SafeText, ...]
    """What the callback's note says, what speaks for a call, and the line the customer began with."""
    proof: tuple[SafeText, ...]
    """What was sent of testimonials and sources."""
    lines: tuple[PacketLine, ...]
    their_time: str


def packet(
    state: State, ref: ConversationRef, reason: SafeText, their_time: str, proof_in: Callable[[str], Sequence[SafeText]]
) -> Packet | None:
    """The packet of a chat; None where it isn't here. `proof_in`: titles of what an agent's line quotes."""
    record = state.conversations.get(ref)
    if record is None:
        return None
    held = state.transcripts.get(ref)
    entries = [entry for entry in (held.entries if held else ()) if not entry.withdrawn]
    said = [entry for entry in entries if entry.kind is EntryKind.PUBLIC]
    call = newest_call(state, ref)
    first = next((entry for entry in said if entry.from_customer), None)
    need = [
        call.note if call is not None else NOTHING,
        reason,
        SafeText(f"began with: “{_line(first)}”") if first is not None and held and held.reaches_start else NOTHING,
    ]
    proof: dict[SafeText, None] = {}
    for entry in said:
        if entry.author.kind is AuthorKind.AGENT:
            proof |= dict.fromkeys(proof_in(entry.body))
    return Packet(
        name=select.name_of(record),
        standing=f"{record.stage.department}, {select.stage_words(record)}",
        need=tuple(part for part in need if part),
        proof=tuple(proof),
        lines=tuple(PacketLine(_who(entry), _line(entry), entry.from_customer) for entry in said[-LINES:]),
        their_time=their_time,
    )


def _who(entry: Entry) -> SafeText:
    return entry.author.name or SafeText("Visitor" if entry.from_customer else "a colleague")


def _line(entry: Entry) -> SafeText:
    return clean(entry.body, limit=_LINE_SHOWN, multiline=False)
