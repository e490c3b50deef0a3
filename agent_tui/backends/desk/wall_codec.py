"""What a desk tells monitors, as the port's facts: pure. Every string of the desk's goes through `clean`."""

from collections.abc import Iterator

import msgspec

from agent_tui.backends.desk.codec import Closing, Codec, line, name, ref_of
from agent_tui.model.figures import AgentCounts, Board, PeriodPart, StageRow, Trend, Value
from agent_tui.model.wall import Fact, Standing, Step, Tile, Watched
from agent_tui.ports import events as e
from agent_tui.ports import wall as w
from agent_tui.protocol import pushes as p
from agent_tui.protocol import requests as q
from agent_tui.protocol.frames import RawEvents, decode_staff_push


def wall_facts(codec: Codec, events: RawEvents, now_ms: int) -> Iterator[w.WallEvent | Closing]:
    """Facts of one frame's events, in order. `now_ms`: when it was heard."""
    for raw in events:
        try:
            push = decode_staff_push(raw)
        except msgspec.ValidationError:
            continue
        match push:
            case p.Tile():
                yield w.TileSeen(tile(codec, push))
            case p.TileGone():
                yield w.TileGone(ref_of(push.conversation))
            case p.Lines():
                yield w.LinesSeen(ref_of(push.conversation), tuple(map(codec.entry, push.entries)))
            case p.BoardNow():
                yield w.BoardSeen(board(push))
            case p.WallComplete():
                yield codec.hours(push.hours)
                yield e.Live()
            case p.EntryAdded() | p.EntryChanged() | p.AgentChanged() | p.SomebodyTypes() | p.CustomerHere():
                yield from codec.fact(push, now_ms)  # type: ignore[misc]  # none of these is a record
            case p.Closing():
                yield Closing(line(push.detail), push.retry_after_ms)
            case _:
                continue


def tile(codec: Codec, wire: p.Tile) -> Tile:
    """A conversation on the wall."""
    facts = tuple(Fact(it.kind, it.since, name(it.who), line(it.what)) for it in wire.facts)
    return Tile(codec.conversation(wire.record), wire.version, facts, wire.first_answer)


def board(wire: p.BoardNow) -> Board:
    """The figures."""
    trend = wire.trend
    return Board(
        wire.at,
        wire.since,
        {figure: Value(it.value, it.of) for figure, it in wire.figures.items()},
        tuple(
            StageRow(it.stage, it.guessed, it.set, it.called, it.resolved, it.bought, it.unknown) for it in wire.stages
        ),
        {name(channel): count for channel, count in wire.channels.items()},
        Trend(trend.until, trend.step, trend.waiting, trend.begun, trend.first_answer),
    )


def part(wire: q.ReportPart) -> PeriodPart:
    """A part of a report."""
    return PeriodPart(
        wire.since,
        wire.until,
        _counts(wire.counts),
        tuple(AgentCounts(name(it.id), name(it.name), _counts(it.counts)) for it in wire.agents),
    )


def _counts(wire: dict[str, int]) -> dict[str, int]:
    return {name(key): count for key, count in wire.items()}


def step(codec: Codec, wire: q.WireStep) -> Step:
    """A step of a replay."""
    entry = codec.entry(wire.entry) if wire.entry else None
    return Step(ref_of(wire.conversation), wire.at, entry, name(wire.who), line(wire.action), line(wire.detail))


def standing(codec: Codec, wire: q.WireStanding) -> Standing:
    """A conversation as it was open at a moment."""
    return Standing(codec.conversation(wire.record), tuple(map(codec.entry, wire.entries)), wire.left_out)


def watched(wire: q.WireWatched) -> Watched:
    """A line of who watched."""
    return Watched(ref_of(wire.conversation), f"c{wire.conversation}", name(wire.who), wire.at, line(wire.how))
