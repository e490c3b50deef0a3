"""Replay on the screen: a conversation or a time that one chooses, forward and back, and what is said beside it."""

from datetime import UTC, datetime, timedelta

import pytest

from agent_tui.core.monitor.replay import Replay
from agent_tui.model.text import clean
from agent_tui.model.wall import Standing, Step
from agent_tui.model.words import State
from agent_tui.ui.monitor import replay_reading
from tests.ui.monitor_of import Watcher, watching
from tests.ui.people import ANA, JANE, LEA, MINUTE


def steps_of(it: Watcher) -> list[Step]:
    """All that was said on the busy desk."""
    return [Step(ref, entry.at_ms, entry) for ref, entries in it.desk.entries.items() for entry in entries]


async def replayed(it: Watcher, key: str) -> Replay:
    """Choose a time by its key; the replay of it, paused."""
    before = it.screen.replaying.replay
    await it.press("5")
    await it.wait_for("Replay which time?")
    await it.press(key)
    await it.until(lambda: it.screen.replaying.replay is not before)
    it.screen.replaying.play(on=False)
    assert it.screen.replaying.replay is not None
    return it.screen.replaying.replay


async def test_replay_steps_through_a_conversation_and_shows_how_it_was() -> None:
    async with watching() as it:
        await it.press("n", "enter", "5")
        await it.wait_for("REPLAY")
        it.screen.replaying.play(on=False)
        assert "Kunt u mij terugbellen?" in it.text
        assert "Zeker. Op welk nummer?" not in it.text
        await it.press("greater_than_sign")
        await it.wait_for("Zeker. Op welk nummer?")
        await it.press("less_than_sign")
        await it.wait_for("Zeker. Op welk nummer?", there=False)
        for speed in ("2×", "4×", "8×", "8×"):
            await it.press("full_stop")
            assert speed in it.text
        await it.press("comma")
        assert "4×" in it.text
        await it.press("escape", "escape")
        assert not it.screen.replaying.on
        assert "1 wall" in it.text
        assert "REPLAY" not in it.text


async def test_replay_of_the_last_hour_is_the_same_wall_and_nothing_is_acknowledged_in_it() -> None:
    async with watching() as it:
        await it.press("5")
        await it.wait_for("Replay which time?")
        await it.press("h")
        await it.wait_for("REPLAY")
        it.screen.replaying.play(on=False)
        assert it.screen.replaying.replay is not None
        it.screen.replaying.replay.go_to(it.clock())
        await it.wait_for("Could I see what they say?")
        await it.press("g", "a")
        assert "replay" in it.last_row
        assert it.wall.looked_at[-1] == ((), ()) or it.wall.looked_at[-1][0] == it.screen.wall.places.shown


async def test_a_time_is_chosen_on_a_key_and_another_one_while_it_is_replayed() -> None:
    async with watching() as it:
        day = 24 * 60 * MINUTE
        midnight = it.clock() // day * day
        it.wall.steps = [*steps_of(it), Step(ANA, midnight - 60 * MINUTE, steps_of(it)[0].entry)]
        for key, since, until in (
            ("h", it.clock() - 60 * MINUTE, it.clock()),
            ("s", midnight, it.clock()),
            ("y", midnight - day, midnight),
        ):
            replay = await replayed(it, key)
            assert abs(replay.since_ms - since) < MINUTE, key
            assert abs(replay.until_ms - until) < MINUTE, key
        await it.press("5", "escape")
        assert it.screen.replaying.replay is replay, "leaving the question leaves the replay"


async def test_a_time_that_is_typed_is_understood_as_one_types_or_told_what_is_wrong_and_the_text_stays() -> None:
    async with watching() as it:
        await it.press("5", "t")
        await it.wait_for("Enter replays it")
        await it.press(*"9-11", "enter")
        await it.wait_for("Type it like 09:00-11:30")
        assert it.last_row == "9-11"
        await it.press(*["backspace"] * 4, *"2026-02-30", "space", *"09:00-10:00", "enter")
        await it.wait_for("There is no such day or time")
        began, now = (datetime.fromtimestamp(at / 1000, UTC) for at in (it.clock() - 10 * MINUTE, it.clock()))
        await it.press(*["backspace"] * 22, *f"{began:%H:%M}-{now + timedelta(minutes=5):%H:%M}")
        await it.wait_for(f"{began:%H:%M} – {now:%H:%M}")
        await it.press("enter")
        await it.wait_for("REPLAY")
        replay = it.screen.replaying.replay
        assert replay is not None
        assert replay.since_ms == it.clock() // MINUTE * MINUTE - 10 * MINUTE


async def test_what_was_open_at_the_beginning_is_on_the_wall_and_what_happens_is_said_above_it() -> None:
    async with watching() as it:
        stood = steps_of(it)[0].entry
        assert stood is not None
        it.wall.stood = [Standing(it.desk.record(ANA), (stood,), left_out=40)]
        looked = Step(JANE, it.clock() - MINUTE, who=clean("Otto"), action=clean("watched"), detail=clean("40 s"))
        it.wall.steps = [*steps_of(it), looked]
        replay = await replayed(it, "h")
        assert "1 open" in it.text
        assert [words.ref for words in it.screen.replaying.wall.words] == [ANA]
        replay.go_to(looked.at_ms)
        await it.settle()
        assert "Otto watched: 40 s" in it.rows[2]
        it.screen.open(ANA)
        await it.wait_for("what was said before is not in this replay: 5, then c")
        replay.go_to(replay.until_ms)
        await it.press("greater_than_sign")
        assert it.last_row == "Nothing more happened in this conversation, in the time that is replayed."
        await it.press("5", "c")
        await it.until(lambda: it.screen.replaying.replay is not replay)
        await it.wait_for("beginning of the conversation")


async def test_a_silence_is_skipped_and_that_is_said() -> None:
    async with watching() as it:
        replay = await replayed(it, "h")
        it.screen.replaying.play(on=True)
        replay.pass_ms(5_000)
        it.screen.replaying.play(on=False)
        await it.wait_for("min skipped")
        await it.press("greater_than_sign")
        assert replay.done
        first = replay.at_ms
        await it.press("greater_than_sign")
        assert replay.at_ms > first
        await it.press("less_than_sign")
        assert replay.at_ms == first


async def test_at_its_end_a_replay_begins_again() -> None:
    async with watching() as it:
        replay = await replayed(it, "h")
        replay.go_to(replay.until_ms)
        await it.wait_for("■")
        await it.press("space")
        assert replay.at_ms < replay.until_ms
        assert it.screen.replaying.playing


async def test_more_steps_than_are_read_at_once_are_said_and_the_next_ones_are_on_a_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay_reading, "MOST_STEPS", 4)
    async with watching() as it:
        it.wall.page_of_steps = 2
        replay = await replayed(it, "h")
        assert replay.steps == 4
        replay.go_to(replay.until_ms)
        await it.wait_for("4 steps are read at once: 5 goes on from here")
        following = await replayed(it, "o")
        assert following is not replay
        assert following.since_ms == replay.until_ms
        assert following.steps
        it.screen.replaying.begin(JANE)
        await it.until(lambda: it.screen.opened == JANE)
        whole = it.screen.replaying.replay
        assert whole is not None
        assert whole.steps == 7, "one conversation is read whole"
        assert it.screen.replaying.goes_on is None


async def test_where_nothing_happened_that_is_said_and_what_was_there_stays() -> None:
    async with watching() as it:
        replay = await replayed(it, "h")
        await it.press("5", "y")
        await it.wait_for("Nothing happened from 00:00 to 00:00")
        assert it.screen.replaying.replay is replay


async def test_ten_resolved_ones_for_coaching_are_chosen_and_replayed() -> None:
    async with watching() as it:
        it.desk.change(LEA, state=State.RESOLVED)
        await it.press("x")
        await it.wait_for("picked by chance")
        await it.press(*"c6", "enter")
        await it.wait_for("REPLAY")
        assert "proefperiode" in it.text


async def test_reading_is_stopped_by_esc_and_what_was_there_stays() -> None:
    async with watching() as it:
        replay = await replayed(it, "h")
        it.wall.answers.clear()
        await it.press("5", "s")
        await it.wait_for("Reading what happened")
        await it.press("escape")
        assert "there is no new replay" in it.last_row
        it.wall.answers.set()
        await it.settle()
        assert it.screen.replaying.replay is replay
        assert it.screen.replaying.on
