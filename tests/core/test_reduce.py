"""Facts into state: the same end from every order, each fact once or twice."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.core import select
from agent_tui.core.reduce import forget_typing, reduce
from agent_tui.core.state import LinkState, State
from agent_tui.model.conversation import Conversation, Owner
from agent_tui.model.entry import Entry, SystemLine
from agent_tui.model.gate import Policy
from agent_tui.model.ids import AgentId, ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.people import NOTHING, Agent, Author, Customer
from agent_tui.model.text import SafeText
from agent_tui.model.words import AuthorKind, Availability, EntryKind, Outcome, Role, Stage
from agent_tui.model.words import State as Life
from agent_tui.ports import events as e

REF = ConversationRef("42")
JANE = Author(AuthorKind.CUSTOMER, "v42", SafeText("Jane"))
ADA = Author(AuthorKind.AGENT, "ada", SafeText("Ada"))
SYSTEM = Author(AuthorKind.SYSTEM, "", NOTHING)


def entry(key: int, body: str = "", **more: Any) -> Entry:
    text = SafeText(body or f"line {key}")
    return msgspec.structs.replace(Entry(OrderKey(key), EntryKind.PUBLIC, JANE, key * 1000, text), **more)


def system(key: int) -> Entry:
    return Entry(OrderKey(key), EntryKind.SYSTEM, SYSTEM, key * 1000, NOTHING, system=SystemLine("claimed"))


def record(revision: int = 1, last: int = 0, **more: Any) -> Conversation:
    made = Conversation(
        ref=REF,
        label="c42",
        revision=revision,
        state=Life.OPEN,
        stage=Stage.MID,
        stage_set=False,
        outcome=Outcome.UNKNOWN,
        customer=Customer("v42", SafeText("Jane")),
        created_ms=0,
        last_key=OrderKey(last),
        last_ms=last * 1000,
        last_preview=SafeText(f"line {last}" if last else ""),
    )
    return msgspec.structs.replace(made, **more)


def live(key: int, **more: Any) -> e.EntryUpsert:
    return e.EntryUpsert(REF, entry(key, **more), OrderKey(key - 1))


def after(*events: e.Event, now_ms: int = 0) -> State:
    state = State()
    reduce(state, events, now_ms)
    return state


A_DAY: list[e.Event] = [
    e.ConversationUpsert(record(1)),
    live(1),
    live(2),
    e.EntryUpsert(REF, system(3), OrderKey(2)),
    e.ConversationUpsert(record(2, 3, owner=Owner(AgentId("ada"), SafeText("Ada")), last_preview=SafeText("line 2"))),
    live(4),
    live(5),
    e.EntryUpsert(REF, entry(5, withdrawn=True, changes=1), OrderKey(4)),
    e.ConversationUpsert(record(3, 5, customer_seen=OrderKey(2), last_preview=NOTHING)),
    e.EntriesLoaded(REF, tuple(entry(key) if key != 3 else system(3) for key in range(1, 5)), True, False),
    e.EntryUpsert(REF, system(6), OrderKey(5)),
    e.SeenByCustomer(REF, OrderKey(4)),
    e.ReadByMe(REF, OrderKey(3)),
    e.ReadByMe(REF, OrderKey(5)),
    e.CustomerHere(REF, True, 100),
    e.CustomerHere(REF, False, 200),
    e.TypingSeen(REF, JANE, True, 100),
    e.TypingSeen(REF, JANE, False, 150),
    e.AgentSeen(Agent(AgentId("ada"), SafeText("Ada"), Role.AGENT, Availability.AVAILABLE, 10)),
    e.AgentSeen(Agent(AgentId("ada"), SafeText("Ada"), Role.AGENT, Availability.BREAK, 20)),
    e.AgentSeen(Agent(AgentId("eve"), SafeText("Eve"), Role.AGENT, Availability.AVAILABLE, 10)),
    e.AgentSeen(Agent(AgentId("eve"), SafeText("Eve"), Role.AGENT, Availability.AWAY, 11, gone=True)),
    e.AgentSeen(Agent(AgentId("bob"), SafeText("Bob"), Role.AGENT, Availability.AWAY, 12, gone=True)),
    e.AgentSeen(Agent(AgentId("bob"), SafeText("Bob"), Role.AGENT, Availability.AVAILABLE, 13)),
    e.ConversationUpsert(
        record(3, 5, customer_seen=OrderKey(2), read=OrderKey(4), last_preview=NOTHING), own_read=True
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_doubled_and_shuffled_facts_give_the_same_state(chance: random.Random) -> None:
    expected = after(*A_DAY)
    events = [*A_DAY, *A_DAY]
    chance.shuffle(events)
    assert after(*events) == expected


def test_who_left_while_the_line_was_down_is_not_shown_as_here() -> None:
    me = e.Me("ada", SafeText("Ada"), Role.AGENT, SafeText("Acme"))
    here, left = (Customer("v42", SafeText("Jane"), present=present) for present in (True, False))
    state = after(e.ConversationUpsert(record(customer=left)), e.CustomerHere(REF, True, 9_000))
    assert state.conversations[REF].customer.present
    reduce(state, [e.Connected(me, gap=False), e.ConversationUpsert(record(customer=left))], 0)
    assert not state.conversations[REF].customer.present
    reduce(state, [e.CustomerHere(REF, True, 50), e.ConversationUpsert(record(customer=left))], 0)
    assert state.conversations[REF].customer == here, "the desk's clock was put back meanwhile"


def test_what_the_day_ends_with() -> None:
    state = after(*A_DAY)
    held = state.conversations[REF]
    assert (held.revision, held.last_key, held.last_preview, held.customer_seen, held.read) == (3, 6, "", 4, 5)
    assert (held.customer.present, held.customer.left_ms) == (False, 200)
    assert [it.key for it in state.transcripts[REF].entries] == [1, 2, 3, 4, 5, 6]
    assert state.transcripts[REF].gap_after is None
    assert state.agents["ada"].availability is Availability.BREAK
    assert [agent.name for agent in select.colleagues(state)] == ["Bob", "Ada"], "Eve's account ended, Bob is back"


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(1, 13)), st.sets(st.integers(1, 12), max_size=6))
def test_a_hole_is_known_whatever_the_order(order: list[int], lost: set[int]) -> None:
    state = State()
    reduce(state, [live(key) for key in order if key not in lost], 0)
    held = [key for key in range(1, 13) if key not in lost]
    transcript = state.transcript(REF)
    assert [it.key for it in transcript.entries] == held
    # a live entry also vouches for the one before it, held or not: a hole is what no chain reaches across
    holes = [key for key in range(1, 12) if key in lost and any(later in held for later in range(key + 1, 13))]
    known = [key for key in holes if any(earlier in held for earlier in range(1, key))]
    assert (transcript.gap_after is not None) == bool(known)


def test_history_after_the_gap_closes_it() -> None:
    state = after(live(1), live(2), live(6))
    assert state.transcript(REF).gap_after == 2
    reduce(state, [e.EntriesLoaded(REF, (entry(3), entry(4)), False, False, after=OrderKey(2))], 0)
    assert state.transcript(REF).gap_after == 4
    reduce(state, [e.EntriesLoaded(REF, (entry(5),), False, False, after=OrderKey(4))], 0)
    assert state.transcript(REF).gap_after is None


def test_a_gap_the_backend_names_is_shown_until_history_reaches_across_it() -> None:
    loaded = e.EntriesLoaded(REF, (entry(10), entry(20)), True, True)
    state = after(loaded, e.GapSeen(REF, OrderKey(20)), e.EntryUpsert(REF, entry(40)))
    assert state.transcript(REF).gap_after == 20
    reduce(state, [e.EntriesLoaded(REF, (entry(30), entry(40)), False, True, after=OrderKey(20))], 0)
    assert state.transcript(REF).gap_after is None


def test_an_empty_page_after_the_noted_gap_closes_it() -> None:
    state = after(e.EntriesLoaded(REF, (entry(1),), True, True), e.GapSeen(REF, OrderKey(1)))
    reduce(state, [e.EntriesLoaded(REF, (), False, True, after=OrderKey(1))], 0)
    assert state.transcript(REF).gap_after is None


def test_a_withdrawn_message_brought_back_is_shown_again() -> None:
    state = after(
        e.ConversationUpsert(record(1)),
        live(1),
        e.EntryUpsert(REF, entry(1, withdrawn=True, changes=1), OrderKey(0)),
        e.EntryUpsert(REF, entry(1, changes=2), OrderKey(0)),
        live(1),
    )
    assert state.transcript(REF).entries[0].withdrawn is False
    assert state.conversations[REF].last_preview == "line 1"


def outgoing(number: int, **more: Any) -> Outgoing:
    cid = ClientId(f"cid-{number}")
    item = Outgoing(cid, REF, EntryKind.PUBLIC, f"out {number}", 0, OrderKey(0), OrderKey(0))
    return msgspec.structs.replace(item, **more)


@pytest.mark.parametrize("entry_first", [True, False])
def test_an_own_message_settles_once_in_place(entry_first: bool) -> None:
    own = e.EntryUpsert(REF, entry(1, author=ADA, cid=ClientId("cid-1")), OrderKey(0))
    sent = e.OutgoingMoved(outgoing(1, state=Delivery.SENT, key=OrderKey(1)))
    state = after(e.OutgoingMoved(outgoing(1)), e.OutgoingMoved(outgoing(2)))
    reduce(state, [own, sent, own] if entry_first else [sent, own, sent], 0)
    assert [item.cid for item in state.outgoing[REF]] == ["cid-2"]
    assert len(state.transcript(REF).entries) == 1


def test_sent_but_not_yet_seen_stays_on_the_screen_as_sent() -> None:
    state = after(e.OutgoingMoved(outgoing(1)), e.OutgoingMoved(outgoing(1, state=Delivery.SENT, key=OrderKey(9))))
    assert [(item.state, item.key) for item in state.outgoing[REF]] == [(Delivery.SENT, 9)]


def test_what_is_taken_back_is_gone() -> None:
    state = after(
        e.OutgoingMoved(outgoing(1)), e.OutgoingTakenBack(ClientId("cid-1"), REF), e.OutgoingMoved(outgoing(1))
    )
    assert state.outgoing[REF] == []


def test_starting_afresh_forgets_everything_but_what_is_unsent() -> None:
    state = after(*A_DAY, e.OutgoingMoved(outgoing(1)))
    changes = reduce(state, [e.StartedAfresh("restored")], 0)
    assert changes.everything
    assert (state.conversations, state.transcripts, state.agents, state.marks) == ({}, {}, {}, {})
    assert len(state.outgoing[REF]) == 1
    assert state.link.note == "restored"


def test_who_is_revoked_sees_nothing_any_more_and_keeps_what_is_unsent() -> None:
    state = after(*A_DAY, e.OutgoingMoved(outgoing(1)))
    assert reduce(state, [e.Disconnected("ended", fatal=True, revoked=True)], 0).everything
    assert (state.conversations, state.transcripts, state.agents) == ({}, {}, {})
    assert len(state.outgoing[REF]) == 1


def test_a_conversation_that_was_never_opened_is_held_as_a_tail() -> None:
    state = after(*(live(key) for key in range(1, 2001)))
    transcript = state.transcript(REF)
    assert 200 <= len(transcript.entries) < 400
    assert transcript.last_key == 2000
    page = tuple(entry(key) for key in range(1801, 2001))
    reduce(state, [e.EntriesLoaded(REF, page, False, True)], 0)
    assert transcript.gap_after is None
    reduce(state, [live(key) for key in range(2001, 4001)], 0)
    assert len(transcript.entries) >= 2200


def test_a_conversation_that_is_gone_stays_gone() -> None:
    gone = e.ConversationGone(REF, "no access")
    state = after(*A_DAY, gone, *A_DAY)
    assert REF not in state.conversations
    assert REF not in state.transcripts


def test_who_has_stopped_writes_no_more() -> None:
    begins, stops = (e.TypingSeen(REF, JANE, on, 1000) for on in (True, False))
    colleague = e.TypingSeen(REF, ADA, True, 1000)
    assert select.writers(after(begins), REF) == [begins]
    assert not select.writers(after(begins, stops), REF), "also within the same millisecond"
    assert select.writers(after(begins, colleague, e.TypingSeen(REF, JANE, False, 1001)), REF) == [colleague]
    again = e.TypingSeen(REF, JANE, True, 1002)
    assert select.writers(after(begins, stops, again), REF) == [again]


def test_typing_is_forgotten_after_ten_seconds() -> None:
    state = after(e.TypingSeen(REF, JANE, True, 1000))
    assert not forget_typing(state, 10_999)
    assert forget_typing(state, 11_000).typing == {REF}
    assert state.typing == {}


def test_the_lines_health_in_words() -> None:
    me = e.Me("ada", SafeText("Ada"), Role.AGENT, SafeText("Acme"))
    state = after(e.Connected(me, gap=False, clock_skew_ms=5), now_ms=10)
    steps: list[tuple[e.Event, LinkState]] = [
        (e.Quiet(5), LinkState.CATCHING_UP),
        (e.Live(), LinkState.LIVE),
        (e.Quiet(12), LinkState.QUIET),
        (e.Heard(30), LinkState.LIVE),
        (e.Disconnected("cut", retry_at_ms=99), LinkState.RECONNECTING),
        (e.Disconnected("revoked", fatal=True, revoked=True), LinkState.ENDED),
    ]
    for event, expected in steps:
        reduce(state, [event], 20)
        assert state.link.state is expected
    assert (state.link.heard_ms, state.link.retry_at_ms, state.link.revoked) == (30, None, True)


def test_nothing_new_is_no_change() -> None:
    state = after(*A_DAY)
    assert not reduce(state, [event for event in A_DAY if not isinstance(event, e.EntriesLoaded)], 0)


def test_the_copy_of_the_teams_library_outlives_a_fresh_start_and_a_revocation_ends_it() -> None:
    state = State()
    reduce(state, [e.CopyKnown("v1", 5, Policy(), {}), e.LibraryMoved("v1")], 10)
    assert (state.library.confirmed, state.library.heard_ms) == (True, 10)
    reduce(state, [e.Heard(20), e.Disconnected("cut", retry_at_ms=1), e.StartedAfresh("restored")], 30)
    assert (state.library.confirmed, state.library.version, state.library.heard_ms) == (False, "v1", 20)
    changes = reduce(state, [e.CopyKnown("v0", 1, Policy(), {})], 40)
    assert (changes.library, state.library.version) == (False, "v1"), "what the backend said counts more than a copy"
    reduce(state, [e.Disconnected("signed out", fatal=True, revoked=True)], 50)
    assert (state.library.version, state.library.newer) == ("", {})
