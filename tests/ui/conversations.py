"""Conversations for the widgets' tests and the demo: short builders, one clock."""

from collections.abc import Sequence
from datetime import UTC, datetime

from agent_tui.core.state import State
from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry, SystemLine
from agent_tui.model.ids import ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.people import NOTHING, Author, Customer
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import AuthorKind, EntryKind, Outcome, Role, Stage
from agent_tui.model.words import State as Phase
from agent_tui.ports.events import Me, TypingSeen
from agent_tui.ui.widgets.transcript_source import TranscriptSource

NOW_MS = int(datetime(2026, 11, 20, 14, 32, tzinfo=UTC).timestamp() * 1000)
MINUTE = 60_000
DAY = 86_400_000
REF = ConversationRef("42")

ME = Author(AuthorKind.AGENT, "a1", SafeText("Ada"))
RUBEN = Author(AuthorKind.AGENT, "a2", SafeText("Ruben"))
JANE = Author(AuthorKind.CUSTOMER, "c1", SafeText("Jane"))
DESK = Author(AuthorKind.SYSTEM, "", NOTHING)


def now_ms() -> int:
    return NOW_MS


def line(
    key: int,
    body: str,
    author: Author = JANE,
    at_ms: int = NOW_MS,
    *,
    note: bool = False,
    withdrawn: bool = False,
    cid: str = "",
) -> Entry:
    kind = EntryKind.NOTE if note else EntryKind.PUBLIC
    return Entry(OrderKey(key), kind, author, at_ms, clean(body), ClientId(cid), withdrawn)


def system(key: int, code: str, who: str = "", what: str = "", at_ms: int = NOW_MS) -> Entry:
    words = SystemLine(code, SafeText(who), SafeText(what))
    return Entry(OrderKey(key), EntryKind.SYSTEM, DESK, at_ms, NOTHING, system=words)


def conversation(ref: ConversationRef = REF, *, read: int = 0, customer_seen: int = 0) -> Conversation:
    return Conversation(
        ref=ref,
        label=f"c{ref}",
        revision=1,
        state=Phase.OPEN,
        stage=Stage.CLOSING,
        stage_set=True,
        outcome=Outcome.UNKNOWN,
        customer=Customer("c1", SafeText("Jane de Vries")),
        created_ms=NOW_MS - DAY,
        last_key=OrderKey(0),
        last_ms=NOW_MS,
        last_preview=NOTHING,
        customer_seen=OrderKey(customer_seen),
        read=OrderKey(read),
    )


def state_with(
    entries: Sequence[Entry],
    ref: ConversationRef = REF,
    *,
    read: int = 0,
    customer_seen: int = 0,
    reaches_start: bool = True,
) -> State:
    """A state in which Ada is signed in and one conversation is held."""
    state = State(me=Me("a1", SafeText("Ada"), Role.AGENT, SafeText("Acme")))
    add_conversation(state, entries, ref, read=read, customer_seen=customer_seen, reaches_start=reaches_start)
    return state


def add_conversation(
    state: State,
    entries: Sequence[Entry],
    ref: ConversationRef,
    *,
    read: int = 0,
    customer_seen: int = 0,
    reaches_start: bool = True,
) -> None:
    held = state.transcript(ref)
    held.entries = list(entries)
    held.loaded = True
    held.reaches_start = reaches_start
    state.conversations[ref] = conversation(ref, read=read, customer_seen=customer_seen)


def source_of(entries: Sequence[Entry], *, read: int = 0, customer_seen: int = 0) -> TranscriptSource:
    return TranscriptSource(state_with(entries, read=read, customer_seen=customer_seen), REF)


def outgoing(
    body: str, state: Delivery = Delivery.SENDING, *, cid: str = "x1", why: str = "", note: bool = False
) -> Outgoing:
    kind = EntryKind.NOTE if note else EntryKind.PUBLIC
    return Outgoing(ClientId(cid), REF, kind, body, NOW_MS, OrderKey(0), OrderKey(0), state, why)


def typing(state: State, author: Author = JANE, *, note: bool = False) -> None:
    state.typing.setdefault(REF, {})[author.kind, author.id] = TypingSeen(REF, author, True, NOW_MS, note)


def chat(count: int, *, first: int = 1, minutes: int = 2) -> list[Entry]:
    """A conversation of short and long lines in turn, `count` entries, the last one a moment ago."""
    bodies = (
        "Is there anyone who came over from Initech?",
        "Yes, two this spring. One moment, I will look up what they told us about the move and how long it took.",
        "Could I see what they say?",
        "Of course.",
        "And what does it cost for a team of twelve people, of whom three only answer on Mondays? We looked at the "
        "page with the prices, but it doesn't say what happens with people who work part of the week.",
    )
    return [
        line(
            first + n,
            f"{first + n}: {bodies[n % len(bodies)]}",
            (JANE, ME)[n // 2 % 2],
            NOW_MS - (count - n) * minutes * MINUTE,
        )
        for n in range(count)
    ]
