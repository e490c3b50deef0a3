"""Replay: how it stood at any moment, forward and back, with who watched and what was refused in its place."""

import msgspec
import pytest

from agent_tui.core.monitor.replay import SPEEDS, Replay
from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry, SystemLine
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.people import NOTHING, Author, Customer
from agent_tui.model.text import SafeText
from agent_tui.model.wall import PROOF_REFUSED, FactKind, Step
from agent_tui.model.words import AuthorKind, EntryKind, Outcome, Stage, State

REF = ConversationRef("42")
RECORD = Conversation(
    ref=REF,
    label="c42",
    revision=9,
    state=State.RESOLVED,
    stage=Stage.MID,
    stage_set=True,
    outcome=Outcome.SOLVED,
    customer=Customer("v42", SafeText("Ruben")),
    created_ms=0,
    last_key=OrderKey(9),
    last_ms=9_000,
    last_preview=SafeText("bye"),
)
CUSTOMER = Author(AuthorKind.CUSTOMER, "v42", SafeText("Ruben"))
ADA = Author(AuthorKind.AGENT, "ada", SafeText("Ada"))


def said(at_ms: int, body: str, who: Author = CUSTOMER, kind: EntryKind = EntryKind.PUBLIC) -> Step:
    return Step(REF, at_ms, Entry(OrderKey(at_ms), kind, who, at_ms, SafeText(body)))


def line(at_ms: int, code: str, who: str = "Ada", what: str = "") -> Step:
    author = Author(AuthorKind.SYSTEM, "", NOTHING)
    system = SystemLine(code, SafeText(who), SafeText(what))
    return Step(REF, at_ms, Entry(OrderKey(at_ms), EntryKind.SYSTEM, author, at_ms, NOTHING, system=system))


STEPS = (
    said(1_000, "hello?"),
    line(2_000, "claimed"),
    said(3_000, "Good day!", ADA),
    Step(REF, 3_500, who=SafeText("Vera"), action=SafeText("watched"), detail=SafeText("40 s")),
    said(4_000, "a lawyer will write to you"),
    line(5_000, "flagged", what="names a lawyer"),
    Step(REF, 5_500, who=SafeText("Ada"), action=SafeText(PROOF_REFUSED), detail=SafeText("umbra, withdrawn")),
    line(6_000, "unflagged"),
    line(7_000, "resolved", what="solved"),
)


def replay() -> Replay:
    return Replay(STEPS, {REF: RECORD}, 0, 10_000)


def record(of: Replay) -> Conversation:
    return of.state.known.conversations[REF]


def bodies(of: Replay) -> list[str]:
    return [
        entry.body or (entry.system.code if entry.system else "") for entry in of.state.known.transcript(REF).entries
    ]


def test_at_the_beginning_nothing_has_happened_whatever_the_record_says_today() -> None:
    it = replay()
    assert it.state.tiles == {}
    it.go_to(1_000)
    assert record(it).state is State.WAITING
    assert record(it).owner is None
    assert record(it).waiting_since_ms == 1_000
    assert record(it).customer.name == "Ruben"


def test_it_stands_as_it_stood_then() -> None:
    it = replay()
    it.go_to(3_000)
    assert record(it).owner is not None
    assert record(it).owner.name == "Ada"  # type: ignore[union-attr]
    assert record(it).waiting_since_ms is None
    it.go_to(5_000)
    assert [(fact.kind, fact.what) for fact in it.state.tiles[REF].facts] == [(FactKind.FLAG, "names a lawyer")]
    assert record(it).waiting_since_ms == 4_000
    it.go_to(6_000)
    assert it.state.tiles[REF].facts == ()
    it.go_to(7_000)
    assert it.state.tiles == {}
    assert record(it).state is State.RESOLVED


def test_who_watched_and_what_was_refused_stand_between_the_lines() -> None:
    it = replay()
    it.go_to(10_000)
    assert bodies(it) == [
        "hello?",
        "claimed",
        "Good day!",
        "Vera watched: 40 s",
        "a lawyer will write to you",
        "flagged",
        "Ada was refused proof: umbra, withdrawn",
        "unflagged",
        "resolved",
    ]


def test_back_is_the_same_as_never_having_been_further() -> None:
    once, again = replay(), replay()
    again.go_to(10_000)
    for at_ms in (0, 1_000, 3_200, 4_999, 5_000):
        once.go_to(at_ms)
        again.go_to(at_ms)
        assert again.state == once.state, at_ms


def test_steps_on_and_back_stop_at_the_ends() -> None:
    it = replay()
    it.step(-1)
    assert (it.done, it.at_ms) == (0, 0)
    it.step(3)
    assert (it.done, it.at_ms) == (3, 3_000)
    it.step(-1)
    assert (it.done, it.at_ms) == (2, 2_000)
    assert bodies(it) == ["hello?", "claimed"]
    it.step(99)
    assert it.ended


@pytest.mark.parametrize(("faster", "speed"), [(0, 1), (1, 2), (2, 4), (3, 8), (9, 8)])
def test_time_passes_as_fast_as_the_speed_says(faster: int, speed: int) -> None:
    it = replay()
    for _ in range(faster):
        it.faster(1)
    assert it.speed == speed
    it.pass_ms(500)
    assert it.at_ms == 500 * speed
    it.pass_ms(-500)
    assert it.at_ms == 500 * speed
    it.pass_ms(10**9)
    assert it.at_ms == 10_000


def test_slower_than_once_there_is_not() -> None:
    it = replay()
    assert it.faster(-1) == SPEEDS[0] == 1


def test_of_a_conversation_that_is_gone_the_lines_are_shown_all_the_same() -> None:
    it = Replay(STEPS, {}, 0, 10_000)
    it.go_to(1_000)
    assert record(it).label == "c42"
    assert msgspec.structs.asdict(record(it))["customer"] == Customer("")
