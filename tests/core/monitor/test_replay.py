"""Replay: how it stood at any moment, forward and back, with who watched and what was refused in its place."""

import msgspec
import pytest

from agent_tui.core.monitor.replay import LEAD_MS, LINGER_MS, QUIET_MS, SPEEDS, Replay
from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry, SystemLine
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.people import NOTHING, Author, Customer
from agent_tui.model.text import SafeText
from agent_tui.model.wall import PROOF_REFUSED, REFUSED_FOR_MS, FactKind, Standing, Step
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
    assert [(fact.kind, fact.what) for fact in it.state.tiles[REF].facts] == [
        (FactKind.PROOF_REFUSED, "umbra, withdrawn")
    ]
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


# --- what was open at the beginning ---

HOUR = 3_600_000
BEFORE = (said(-60_000, "hello?"), line(-50_000, "claimed"), said(-40_000, "Good day!", ADA), said(-30_000, "help"))
OLD = msgspec.structs.replace(RECORD, created_ms=-60_000)


def entries(*steps: Step) -> tuple[Entry, ...]:
    return tuple(step.entry for step in steps if step.entry)


def test_what_was_open_at_the_beginning_stands_there_as_it_stood() -> None:
    it = Replay(STEPS, {REF: OLD}, 0, 10_000, standing=[Standing(OLD, entries(*BEFORE))])
    assert it.done == 0
    stood = it.state.tiles[REF].conversation
    assert (stood.state, stood.waiting_since_ms, stood.last_preview) == (State.OPEN, -30_000, "help")
    assert stood.owner is not None
    assert bodies(it) == ["hello?", "claimed", "Good day!", "help"]
    assert it.state.known.transcript(REF).reaches_start
    it.go_to(10_000)
    it.go_to(0)
    assert bodies(it) == ["hello?", "claimed", "Good day!", "help"]


def test_where_not_all_of_before_was_read_the_transcript_does_not_begin_there() -> None:
    it = Replay((), {}, 0, 10_000, standing=[Standing(OLD, entries(*BEFORE), left_out=3)])
    assert not it.state.known.transcript(REF).reaches_start
    assert it.state.known.transcript(REF).loaded


@pytest.mark.parametrize(
    "happened",
    [
        Step(REF, 1_000, who=SafeText("Vera"), action=SafeText("watched"), detail=SafeText("read")),
        line(1_000, "rated", what="yes"),
        said(1_000, "a word for later", ADA, EntryKind.NOTE),
    ],
)
def test_what_had_ended_before_stays_off_the_wall_whatever_is_said_of_it(happened: Step) -> None:
    it = Replay([happened], {REF: OLD}, 0, 10_000)
    it.go_to(10_000)
    assert it.state.tiles == {}
    assert len(it.state.known.transcript(REF).entries) == 1


@pytest.mark.parametrize("code", ["resolved", "ended"])
def test_one_that_ended_leaves_the_wall_and_stays_off_it_until_it_goes_on(code: str) -> None:
    steps = (said(1_000, "hello?"), line(2_000, code), line(3_000, "rated", what="yes"), line(4_000, "came_back"))
    it = Replay((*steps, said(4_000, "still there?")), {REF: RECORD}, 0, 10_000)
    for at_ms, there in ((1_000, True), (2_000, False), (3_000, False), (4_000, True)):
        it.go_to(at_ms)
        assert (REF in it.state.tiles) is there, at_ms
    assert record(it).waiting_since_ms == 4_000


def test_a_wish_to_be_called_and_refused_proof_are_alerts_as_long_as_on_the_wall() -> None:
    steps = (
        said(1_000, "hello?"),
        line(2_000, "call_asked", what="••78"),
        Step(REF, 3_000, who=SafeText("Ada"), action=SafeText(PROOF_REFUSED), detail=SafeText("umbra, withdrawn")),
        line(4_000, "call_dialling", what="••78"),
    )
    it = Replay(steps, {REF: RECORD}, 0, 2 * HOUR)
    for at_ms, kinds in (
        (1_000, []),
        (2_000, [FactKind.CALL_WANTED]),
        (3_000, [FactKind.CALL_WANTED, FactKind.PROOF_REFUSED]),
        (4_000, [FactKind.PROOF_REFUSED]),
        (2_999 + REFUSED_FOR_MS, [FactKind.PROOF_REFUSED]),
        (3_000 + REFUSED_FOR_MS, []),
    ):
        it.go_to(at_ms)
        assert [fact.kind for fact in it.state.tiles[REF].facts] == kinds, at_ms


# --- silences ---


def quiet(*at_ms: int) -> Replay:
    return Replay([said(at, f"at {at}") for at in at_ms], {REF: RECORD}, 0, HOUR)


def played(it: Replay, ref: ConversationRef | None = None) -> int:
    """How much play it takes to the end, in quarters of a second."""
    quarters = 0
    while it.at_ms < it.until_ms:
        it.pass_ms(250, ref)
        quarters += 1
        assert quarters < 100_000
    return quarters * 250


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_silence_is_shortened_and_8_times_is_8_times_as_fast(speed: int) -> None:
    it = quiet(1_000, HOUR // 2)
    it.faster(SPEEDS.index(speed))
    # three quarters of a second may be lost: one before each silence
    assert played(it) <= (1_000 + 2 * (LINGER_MS + LEAD_MS)) / speed + 3 * 250
    assert it.ended


def test_what_was_skipped_is_said_until_one_has_seen_what_came_after_it() -> None:
    it = quiet(1_000, 720_000)
    it.go_to(1_000)
    assert it.skipped_ms == 0
    it.pass_ms(LINGER_MS)
    assert it.at_ms == 720_000 - LEAD_MS
    assert it.skipped_ms == 720_000 - LEAD_MS - 1_000 - LINGER_MS
    it.pass_ms(LEAD_MS)
    assert it.done == 2
    assert it.skipped_ms
    it.pass_ms(LINGER_MS - 1)
    assert it.skipped_ms
    it.go_to(1_000)
    assert it.skipped_ms == 0


def test_a_short_pause_is_played_as_long_as_it_was() -> None:
    it = Replay([said(1_000, "one"), said(1_000 + QUIET_MS, "two")], {REF: RECORD}, 0, 1_000 + QUIET_MS)
    assert played(it) == 1_000 + QUIET_MS


def test_of_an_open_conversation_the_silences_are_skipped_and_the_steps_are_its_own() -> None:
    other = ConversationRef("43")
    busy = [msgspec.structs.replace(said(at, f"at {at}"), ref=other) for at in range(2_000, 600_000, 1_000)]
    it = Replay([said(1_000, "one"), *busy, said(600_000, "two")], {REF: RECORD}, 0, 600_000)
    it.step(1, REF)
    assert it.at_ms == 1_000
    assert played(it, REF) <= LINGER_MS + LEAD_MS + 500
    assert it.ended
    it.step(-1, REF)
    assert (it.at_ms, it.done) == (1_000, 1)
    it.step(1, REF)
    assert it.at_ms == 600_000
    assert it.ended


def test_what_happened_at_one_moment_is_one_step() -> None:
    it = Replay([said(1_000, "hello?"), line(2_000, "claimed"), said(2_000, "Good day!", ADA)], {REF: RECORD}, 0, 9_000)
    it.step(2)
    assert it.done == 3
    it.step(-1)
    assert (it.done, it.at_ms) == (1, 1_000)


def test_back_over_thousands_of_steps_is_the_same_as_never_having_been_further() -> None:
    def long() -> Replay:
        return quiet(*range(1, 3_501))

    again = long()
    again.go_to(HOUR)
    for place in (3_400, 2_001, 2_000, 1_999, 17, 0):
        again.go_to(place)
        fresh = long()
        fresh.go_to(place)
        assert again.state == fresh.state, place


def test_a_conversation_that_is_open_is_not_left_before_its_beginning() -> None:
    other = ConversationRef("43")
    it = Replay([msgspec.structs.replace(said(500, "before"), ref=other), said(1_000, "one")], {REF: RECORD}, 0, 9_000)
    it.step(1, REF)
    it.step(-1, REF)
    assert (it.at_ms, bodies(it)) == (1_000, ["one"])
    it.step(-1)
    assert it.at_ms == 500
    it.begin()
    assert (it.at_ms, it.done) == (0, 0)
