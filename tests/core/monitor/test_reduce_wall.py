"""What a monitor hears becomes what it knows: twice and in any order; a lost line, a restored desk, a revoked token."""

import itertools
from typing import Any

import msgspec
import pytest

from agent_tui.core.attention import wait_ms
from agent_tui.core.monitor.reduce import MonitorEvent, look, reduce
from agent_tui.core.monitor.state import MonitorState
from agent_tui.core.state import LinkState
from agent_tui.model.figures import Board, Trend
from agent_tui.model.ids import AgentId, ConversationRef, OrderKey
from agent_tui.model.people import Agent
from agent_tui.model.text import SafeText
from agent_tui.model.wall import Fact, FactKind, Tile
from agent_tui.model.words import Availability, Role
from agent_tui.ports import events as e
from agent_tui.ports import wall as w
from tests.core.test_reduce import REF, entry, record

OTHER = ConversationRef("7")
ME = e.Me("vera", SafeText("Vera"), Role.SUPERVISOR, SafeText("Acme"))


def tile(ref: ConversationRef = REF, version: int = 1, **more: Any) -> w.TileSeen:
    return w.TileSeen(Tile(msgspec.structs.replace(record(), ref=ref, revision=version), version, **more))


def board(at_ms: int) -> w.BoardSeen:
    return w.BoardSeen(Board(at_ms, 0, {}, (), {}, Trend(at_ms, 1)))


def heard(*events: MonitorEvent, state: MonitorState | None = None) -> MonitorState:
    state = state or MonitorState()
    for event in events:
        reduce(state, [event], 100)
    return state


FLAGGED = tile(version=2, facts=(Fact(FactKind.FLAG, 5, SafeText("Ada"), SafeText("help")),))


@pytest.mark.parametrize("order", list(itertools.permutations([tile(), FLAGGED, tile(OTHER), board(3), board(2)])))
def test_in_any_order_and_twice_it_comes_to_the_same(order: tuple[MonitorEvent, ...]) -> None:
    state = heard(*order, *order)
    assert state.tiles[REF].facts == FLAGGED.tile.facts
    assert state.tiles.keys() == {REF, OTHER}
    assert state.board is not None
    assert state.board.at_ms == 3


def test_what_changed_is_named_and_nothing_else() -> None:
    state = heard(tile(), tile(OTHER))
    assert not reduce(state, [tile()], 100).tiles
    changes = reduce(state, [FLAGGED], 100)
    assert changes.tiles == {REF}
    assert not changes.lines
    assert not changes.board


def test_lines_are_held_only_while_they_are_looked_at() -> None:
    state = heard(tile())
    lines = w.LinesSeen(REF, (entry(1), entry(2)))
    assert not reduce(state, [lines], 100).lines
    look(state, frozenset({REF}), frozenset())
    assert reduce(state, [lines], 100).lines == {REF}
    assert not reduce(state, [lines], 100).lines
    assert look(state, frozenset(), frozenset()).lines == {REF}
    assert state.lines == {}


def test_an_opened_conversation_outlives_its_tile_and_goes_with_the_screen() -> None:
    state = heard(tile())
    look(state, frozenset(), frozenset({REF}))
    heard(e.EntryUpsert(REF, entry(1), OrderKey(0)), w.TileGone(REF), state=state)
    assert state.tiles == {}
    assert [one.key for one in state.known.transcript(REF).entries] == [1]
    look(state, frozenset(), frozenset())
    assert REF not in state.known.transcripts
    assert REF not in state.known.conversations


def test_a_lost_line_keeps_the_tiles_and_takes_away_those_that_went_meanwhile() -> None:
    state = heard(e.Connected(ME, gap=False), tile(), tile(OTHER), e.Live())
    assert state.complete
    heard(e.Disconnected("lost", retry_at_ms=5), state=state)
    assert state.known.link.state is LinkState.RECONNECTING
    assert state.tiles.keys() == {REF, OTHER}
    heard(e.Connected(ME, gap=False), e.StartedAfresh(""), tile(version=4), state=state)
    assert state.tiles.keys() == {REF, OTHER}
    assert list(state.tiles) == [REF, OTHER]
    changes = reduce(state, [e.Live()], 100)
    assert changes.tiles == {OTHER}
    assert state.tiles.keys() == {REF}


def test_a_restored_desk_leaves_nothing_of_before() -> None:
    state = heard(tile(), board(1), e.Live(), e.StartedAfresh("The desk's data was restored."))
    assert (state.tiles, state.board, state.complete) == ({}, None, False)
    assert state.known.link.note == "The desk's data was restored."


def test_a_revoked_token_leaves_nothing_but_the_reason() -> None:
    state = heard(e.Connected(ME, gap=False), tile(), board(1))
    look(state, frozenset({REF}), frozenset())
    heard(w.LinesSeen(REF, (entry(1),)), e.Disconnected("You were signed out.", fatal=True, revoked=True), state=state)
    assert (state.tiles, state.lines, state.board) == ({}, {}, None)
    assert state.known.link.state is LinkState.ENDED
    assert state.known.link.reason == "You were signed out."


def test_an_agent_who_vanishes_is_said_to_reconnect_and_then_to_be_away() -> None:
    ada = Agent(AgentId("ada"), SafeText("Ada"), Role.AGENT, Availability.AVAILABLE, 1)
    gone = msgspec.structs.replace(ada, availability=Availability.RECONNECTING, since_ms=2)
    away = msgspec.structs.replace(ada, availability=Availability.AWAY, since_ms=3)
    for order in itertools.permutations([ada, gone, away]):
        state = heard(*(e.AgentSeen(one) for one in order))
        assert state.known.agents["ada"].availability is Availability.AWAY


def test_presence_reaches_the_tile() -> None:
    state = heard(tile(), e.CustomerHere(REF, True, 5))
    assert state.tiles[REF].conversation.customer.present is True
    assert reduce(state, [e.CustomerHere(REF, False, 6)], 100).tiles == {REF}
    assert state.tiles[REF].conversation.customer.present is False


@pytest.mark.parametrize("skew_ms", [-3_600_000, 0, 86_400_000])
def test_waits_are_measured_by_the_desks_clock_whatever_ours_says(skew_ms: int) -> None:
    here = 1_000_000_000
    since = here + skew_ms - 70_000
    state = heard(e.Connected(ME, gap=False, clock_skew_ms=skew_ms))
    waiting = msgspec.structs.replace(record(), waiting_since_ms=since)
    heard(w.TileSeen(Tile(waiting, 1)), state=state)
    desk_now = here + state.known.link.clock_skew_ms
    assert wait_ms(state.tiles[REF].conversation, desk_now, state.known.closed) == 70_000
