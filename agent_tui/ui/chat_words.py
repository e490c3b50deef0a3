"""What the console's rows say: status, header, recipient, card. Pure: state in, Content out."""

import textwrap
from collections.abc import Sequence

from textual.content import Content

from agent_tui.core import select
from agent_tui.core.attention import clock, urgency, wait_ms
from agent_tui.core.contacts import masked, masked_mail
from agent_tui.core.select import Limits
from agent_tui.core.state import LinkState, State
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import Customer
from agent_tui.model.text import SafeText
from agent_tui.model.words import Availability, HowKnown
from agent_tui.model.words import State as Life
from agent_tui.ui import words
from agent_tui.ui.widgets.bars import URGENCY_SHAPE, URGENCY_STYLE
from agent_tui.ui.widgets.lines import NOTHING, Line

BETWEEN = " · "
_KEPT = 9
"""How important a part of the status line is that is never left out."""


def plain(sentence: str, style: str = "") -> Content:
    """A sentence of ours, or an error's that is clean already, as it is."""
    return words.text(SafeText(sentence), style)


def folded(sentence: str, width: int) -> list[str]:
    """A sentence in rows of at most `width` (and at least 8) characters; a command's hyphens break nothing."""
    room = max(8, width)
    pieces = []
    for word in sentence.split():
        while len(word) > room:
            # a path is cut behind a slash, not within a name
            cut = word.rfind("/", 0, room) + 1 or room
            pieces.append(word[:cut])
            word = word[cut:]
        pieces.append(word)
    return textwrap.wrap(" ".join(pieces), room, break_on_hyphens=False) or [""]


def status_line(
    state: State, place: str, mode: str, now_ms: int, problem: str, *, demo: bool, width: int = 200, quiet: int = 0
) -> Line:
    """Where we are, who we are, whether keys type or move; and on the right the line and who waits.

    The mode is never cut: what is as it should be is left out before it, then where we are, then who we are.
    """
    me = state.me
    where = plain("DEMO", "bold reverse $accent") if demo else plain(place or (me.desk if me else "") or "agent-tui")
    parts = [(4 if demo else 2, where)]
    if demo and me:
        parts.append((2, plain(place) if place and place != "DEMO" else words.text(me.desk)))
    if me:
        parts.append((3, words.text(me.name, "bold")))
    own = select.availability(state)
    if own is Availability.AVAILABLE:
        parts.append((1, plain(own.value)))
    elif own is not None:
        parts.append((5, plain(own.value, "bold $warning")))
    parts.append((_KEPT, plain(mode, "bold $accent" if mode != "MOVING" else "$muted")))
    shape, word = select.link_words(state, now_ms)
    live = state.link.state is LinkState.LIVE
    link = plain(f"{shape} {word}", "bold $warning")
    if live:
        link = words.joined(plain(shape, "$success"), SafeText(" "), plain(word))
    right = [(_KEPT, link)]
    waiting = select.queue(state, now_ms)
    if problem:
        right.insert(0, (_KEPT, plain(problem, "bold $error")))
    if quiet:
        right.append((_KEPT, plain(f"{quiet} new while you call", "$muted")))
    if waiting.waiting:
        right.append((_KEPT, plain(f"{waiting.waiting} waiting, longest {waiting.longest}")))
    room = width - _length(right) - 2
    for first in sorted(importance for importance, _ in parts if importance != _KEPT):
        if _length(parts) > room:
            parts = [part for part in parts if part[0] != first]
    said = words.joined(*(piece for _, piece in right), between=BETWEEN)
    if _length(parts) > room:
        said = said.truncate(max(0, width - _length(parts) - 2), ellipsis=True)
    return Line(words.joined(*(piece for _, piece in parts), between=BETWEEN), said)


def _length(parts: Sequence[tuple[int, Content]]) -> int:
    return sum(piece.cell_length for _, piece in parts) + len(BETWEEN) * (len(parts) - 1)


def header_line(
    state: State, ref: ConversationRef, now_ms: int, limits: Limits, local_time: str = "", *, width: int = 200
) -> Line:
    """Whose chat this is, and how it stands. What does not fit is left out from the end, not cut."""
    record = state.conversations.get(ref)
    if record is None:
        return Line(plain(f"{ref}: not here yet", "$muted"))
    customer = record.customer
    level = urgency(record, now_ms, dict(limits), state.closed)
    right = NOTHING
    waited = wait_ms(record, now_ms, state.closed)
    if waited is not None:
        right = plain(f"waits {clock(waited)}{URGENCY_SHAPE[level]}", URGENCY_STYLE[level])
    first = [
        words.joined(
            words.text(select.name_of(record), "bold $customer"), plain(select.label_beside(record), "$muted")
        ),
        *(plain(word, style) for word, style in _standing(state, record, now_ms)),
        plain(select.stage_words(record)),
        plain(record.stage.department, "$muted"),
    ]
    if local_time:
        first.append(plain(f"{local_time} there", "$muted"))
    if customer.language:
        first.append(words.text(customer.language, "$muted"))
    room = width - right.cell_length - 1
    shown = [first[0]]
    for part in first[1:]:
        if sum(piece.cell_length + len(BETWEEN) for piece in shown) + part.cell_length <= room:
            shown.append(part)
    return Line(words.joined(*shown, between=BETWEEN), right)


def _standing(state: State, record: Conversation, now_ms: int) -> list[tuple[str, str]]:
    standing: list[tuple[str, str]] = []
    if record.state is Life.RESOLVED:
        standing.append((f"resolved: {record.outcome.value}", "bold $success"))
    elif record.state is Life.SNOOZED:
        standing.append(("snoozed", "bold $warning"))
    elif record.owner is None:
        standing.append(("nobody has it", "bold $warning"))
    elif not select.is_mine(state, record):
        standing.append((f"{record.owner.name} has it", "bold $agent"))
    if record.came_back:
        standing.append((f"{select.CAME_BACK} came back", "$warning"))
    if record.flag is not None:
        up = clock(max(0, now_ms + state.link.clock_skew_ms - record.flag.since_ms))
        standing.append((f"{select.FLAG} flag {up}", "bold $warning"))
        standing.append((record.flag.reason, "$warning"))
    if record.wants_call:
        standing.append((f"{select.WANTS_CALL} asks to be called", "bold $accent"))
    if record.customer.blocked_until_ms and record.customer.blocked_until_ms > now_ms:
        standing.append(("blocked", "bold $error"))
    return standing


def card_lines(
    record: Conversation | None, state: State, local_time: str, earlier: Sequence[Conversation] | None
) -> list[Line]:
    """The customer's card."""
    if record is None:
        return [Line(plain("CUSTOMER", "$muted"))]
    customer = record.customer
    rows = [
        Line(plain("CUSTOMER", "$muted"), plain(record.label, "$muted")),
        Line(words.text(select.name_of(record), "bold"), _how(customer.name_known if customer.name else None)),
    ]
    if customer.phone:
        rows.append(Line(words.text(masked(customer.phone)), _how(customer.contact_known)))
    if customer.email:
        rows.append(Line(words.text(masked_mail(customer.email)), _how(customer.contact_known)))
    if customer.known is HowKnown.SIGNED:
        rows.append(Line(plain(customer.known.value, "$success")))
    rows += [Line(piece) for piece in _where(customer, local_time)]
    rows.append(Line(NOTHING))
    rows.append(Line(plain("THIS CHAT", "$muted")))
    rows.append(Line(plain(f"{record.stage.department}, {select.stage_words(record)}")))
    rows.append(Line(plain(_held_by(state, record))))
    if record.state is Life.RESOLVED:
        rows.append(Line(plain(f"outcome: {record.outcome.value}")))
    if customer.earlier:
        rows.append(Line(NOTHING))
        by = f" ({customer.known.value})" if customer.known is HowKnown.BROWSER else ""
        rows.append(Line(plain("EARLIER", "$muted"), plain(f"{customer.earlier}{by}", "$muted")))
        for other in (earlier or ())[:8]:
            rows.append(Line(words.text(other.last_preview), plain(f"{other.label} {other.outcome.value}", "$muted")))
    return rows


def _held_by(state: State, record: Conversation) -> str:
    if record.owner is None:
        return f"{record.state.value}, nobody has it"
    holder = "yours" if select.is_mine(state, record) else f"{record.owner.name} has it"
    return f"{record.state.value}, {holder}"


def _how(known: HowKnown | None) -> Content:
    return NOTHING if known is None or known is HowKnown.UNKNOWN else plain(known.value, "$muted")


def _where(customer: Customer, local_time: str) -> list[Content]:
    rows = []
    if customer.page_title or customer.page_url:
        rows.append(words.joined(plain("on ", "$muted"), words.text(customer.page_title or customer.page_url)))
    if customer.visits > 1:
        rows.append(plain(f"visit {customer.visits}"))
    if local_time or customer.language:
        spoken = f"writes {customer.language}" if customer.language else ""
        rows.append(plain(BETWEEN.join(part for part in (f"{local_time} there" if local_time else "", spoken) if part)))
    return rows
