"""The monitor: alert first, nothing moves under the eye, and whatever is pressed, nothing leaves it but reads."""

import pytest

from agent_tui.config.actions import ACTIONS, Right
from agent_tui.config.monitor_actions import IN_MONITOR
from agent_tui.core.monitor.alerts import Loud
from agent_tui.core.monitor.order import ANNOUNCED_MS
from agent_tui.core.monitor.thresholds import Threshold
from agent_tui.model.text import clean
from agent_tui.model.wall import Fact, FactKind
from agent_tui.model.words import Availability, State
from agent_tui.ports.errors import AuthExpired
from agent_tui.ports.events import Heard, OpeningHours, Quiet
from agent_tui.ui.monitor.doing import DOING
from agent_tui.ui.monitor.keyboard import READ_ONLY
from agent_tui.ui.monitor.options import KeptInMemory
from tests.account_of import Clock
from tests.scripted_wall import many
from tests.ui.monitor_of import a_watched_desk, watching
from tests.ui.people import ANA, JANE, MINUTE, PIET, RUBENS, SECOND


def test_every_action_of_the_monitors_table_does_something_and_none_acts() -> None:
    assert set(DOING) == {action.id for action in IN_MONITOR}
    assert {action.right for action in IN_MONITOR} == {Right.LOOK}


async def test_alerts_are_first_and_each_tile_says_who_whose_how_long_and_what_was_said() -> None:
    async with watching() as it:
        assert it.order[:2] == ["c2", "c3"]
        assert "⚑ flag 2:00: names a lawyer (Ada)" in it.text
        assert "▲ waits too long: limit 1:30" in it.text
        assert "Could I see what they say?" in it.text
        assert "Ada · closing" in it.text
        assert "READ ONLY" in it.rows[0]
        assert "● live · 3 waiting, longest 2:05" in it.rows[0]


@pytest.mark.parametrize(
    ("size", "fewest", "most"), [((80, 24), 6, 6), ((120, 34), 6, 12), ((200, 50), 6, 24), ((300, 90), 6, 24)]
)
async def test_six_to_twenty_four_tiles_by_the_size_of_the_terminal(
    size: tuple[int, int], fewest: int, most: int
) -> None:
    clock = Clock()
    wall = a_watched_desk(clock)
    many(wall.desk, 40, clock())
    async with watching(size, wall=wall, clock=clock) as it:
        assert fewest <= it.screen.grid.tiles <= most
        assert len(it.order) == it.screen.grid.tiles == (most if size != (80, 24) else 6)


async def test_a_new_alert_is_announced_before_its_tile_moves() -> None:
    async with watching() as it:
        before = it.order
        it.wall.fact(RUBENS, Fact(FactKind.FLAG, it.clock(), clean("Ruben"), clean("out of my depth")))
        await it.wait_for("NEW  Sofie c9: ⚑ flag 0:00: out of my depth (Ruben)")
        assert it.order == before
        it.clock.pass_ms(ANNOUNCED_MS)
        await it.settle()
        assert it.order[:2] == ["c2", "c9"]
        assert "NEW" not in it.text


async def test_what_is_said_or_ends_moves_no_tile() -> None:
    async with watching() as it:
        before = it.order
        it.desk.customer_says(RUBENS, "Hoi, ik ben er weer.", it.clock())
        await it.wait_for("ik ben er weer")
        assert it.order == before
        it.wall.fact(PIET)
        await it.wait_for("names a lawyer", there=False)
        assert it.order == before


async def test_frozen_the_wall_stands_still_and_counts_what_it_holds_back() -> None:
    async with watching() as it:
        await it.press("space")
        before = it.text.splitlines()[3:-1]
        it.desk.customer_says(RUBENS, "Is dit te zien?", it.clock())
        it.desk.customer_says(JANE, "And this?", it.clock())
        await it.wait_for("FROZEN 0:00, 2 entries held back")
        it.clock.pass_ms(20 * SECOND)
        await it.settle()
        assert "FROZEN 0:20" in it.text
        assert it.text.splitlines()[3:-1] == before
        await it.press("space")
        assert "FROZEN" not in it.text
        assert "Is dit te zien?" in it.text


async def test_enter_opens_one_conversation_whole_and_escape_goes_back() -> None:
    async with watching() as it:
        await it.press("n", "enter")
        await it.wait_for("Zeker. Op welk nummer?")
        assert "CUSTOMER" in it.text
        assert "⚑ flag 2:00: names a lawyer (Ada)" in it.text
        assert it.screen.opened == PIET
        it.desk.agent_says(PIET, "Ada", "Ik bel u zo.", at_ms=it.clock())
        await it.wait_for("Ik bel u zo.")
        await it.press("escape")
        assert "CUSTOMER" not in it.text
        assert "Could I see what they say?" in it.text


async def test_exactly_what_is_on_the_screen_is_told_as_watched() -> None:
    async with watching((80, 24)) as it:
        shown = it.screen.wall.places.shown
        assert len(shown) == 6
        assert it.wall.looked_at[-1] == (shown, ())
        await it.press("n", "enter")
        await it.until(lambda: it.wall.looked_at[-1] == ((), (PIET,)))
        await it.press("2")
        await it.until(lambda: it.wall.looked_at[-1] == ((), ()))


async def test_the_next_alert_is_gone_to_and_after_the_last_the_first() -> None:
    async with watching() as it:
        await it.press("n")
        assert it.screen.wall.cursor == PIET
        seen = {PIET}
        for _ in range(len(it.screen.wall.fresh) - 1):
            await it.press("ctrl+g")
            assert it.screen.wall.cursor is not None
            seen.add(it.screen.wall.cursor)
        assert seen == {alert.ref for alert in it.screen.wall.fresh}
        await it.press("n")
        assert it.screen.wall.cursor == PIET


async def test_an_acknowledged_alert_is_quiet_here_and_kept_on_this_machine() -> None:
    kept = KeptInMemory()
    async with watching(kept=kept) as it:
        await it.press("n", "a")
        assert "yours only" in it.last_row
        assert "seen" in it.text
        assert len(kept.acknowledged) == 1
        assert it.wall.desk.asked == []
    async with watching(kept=kept) as it:
        assert PIET not in [alert.ref for alert in it.screen.wall.fresh]
        it.wall.fact(PIET, Fact(FactKind.FLAG, it.clock() + 5, clean("Ada"), clean("again")))
        await it.wait_for("again (Ada)")
        assert PIET in [alert.ref for alert in it.screen.wall.fresh]


async def test_y_copies_one_line_for_the_teams_channel() -> None:
    async with watching() as it:
        await it.press("n", "n", "y")
        assert it.app.clipboard == "c3 Omar waiting 4:10"


async def test_tiles_are_pinned_counted_and_sorted_as_asked() -> None:
    async with watching() as it:
        await it.press("g", "right", "right", "p")
        pinned = it.screen.wall.cursor
        assert it.order[0] == it.screen.live_state.known.conversations[pinned].label  # type: ignore[index]
        count = it.screen.grid.tiles
        await it.press("minus")
        fewer = it.screen.grid.tiles
        assert fewer < count
        await it.press("plus")
        assert fewer < it.screen.grid.tiles
        await it.press("s", "s")
        assert "by agent" in it.rows[1]
        owners = [words.owner for words in it.screen.wall.words][1:]
        assert owners == sorted(owners, key=lambda name: (name == "nobody has it", name.casefold()))


@pytest.mark.parametrize("behind", ["enter", "2", "3", "f"])
@pytest.mark.parametrize("key", ["plus", "minus", "s"])
async def test_tiles_that_are_behind_something_else_are_not_changed_unseen(behind: str, key: str) -> None:
    async with watching() as it:
        before = (it.screen.grid.tiles, it.order, it.screen.wall.sorting)
        await it.press("down", behind, key)
        assert it.last_row == "That is for the wall: Esc goes back to it."
        await it.press("escape")
        assert (it.screen.grid.tiles, it.order, it.screen.wall.sorting) == before


async def test_keys_that_act_on_chats_are_answered_and_nothing_is_done() -> None:
    async with watching() as it:
        for key in ("f4", "f8", "e", "t", "z", "c", "i", "r", "m", "B", "O", "W", "U", "R", "E", "b", "ctrl+s"):
            it.screen.said = None
            await it.press(key)
            assert it.last_row == READ_ONLY, key
        assert it.wall.desk.asked == []


async def test_every_key_and_every_palette_command_reaches_nothing_that_writes() -> None:
    keys = {key for action in (*ACTIONS, *IN_MONITOR) for chord in action.keys for key in chord.split(" ")}
    async with watching() as it:
        for key in sorted(keys - {"ctrl+q", "ctrl+c"}):
            await it.press(key)
            if it.app.screen is not it.screen:
                await it.press("escape")
        for action in IN_MONITOR:
            if action.id not in ("app.quit",):
                it.screen.do(action.id)
                await it.settle()
                if it.app.screen is not it.screen:
                    await it.press("escape")
        assert it.wall.desk.asked == []


async def test_there_is_no_composer_and_no_text_field() -> None:
    async with watching() as it:
        await it.press("n", "enter")
        kinds = {kind.__name__ for widget in it.screen.query("*") for kind in type(widget).__mro__}
        assert not kinds & {"Input", "TextArea", "Composer", "ComposerText"}


async def test_the_board_shows_every_figure_and_enter_opens_those_behind_it() -> None:
    async with watching((200, 50)) as it:
        await it.press("2")
        assert "answered within 40 s" in it.text
        assert "83 %  83 of 100" in it.text
        assert "TEAM" in it.text
        await it.press("d")
        assert "no agent has them" in it.text
        await it.press("escape", "j", "enter")
        await it.wait_for("Omar")
        assert [figure.value for figure in it.wall.behind_asked] == ["unanswered"]
        await it.press(*"sofie", "enter")
        assert it.screen.opened == RUBENS


async def test_an_agents_row_opens_what_they_have() -> None:
    async with watching((200, 50)) as it:
        await it.press("2", "right", "g", "enter")
        await it.wait_for("Ada has")
        assert "Jane de Vries" in it.text


async def test_stages_and_channels_stand_beside_the_study_and_no_difference_is_computed() -> None:
    async with watching((200, 50)) as it:
        await it.press("3")
        for figure in ("29 %", "39 %", "32 %", "18 %", "41 % / 35 %", "32 % / 42 %", "1 % /    –"):
            assert figure in it.text
        assert "Aberdeen Group" in it.text
        assert "more than 100 %" in it.text
        assert "sum to 100 %" in it.text


async def test_keys_reach_what_became_of_the_stages_and_the_channels_on_a_small_screen() -> None:
    async with watching((80, 24)) as it:
        await it.press("3")
        assert "went to a call" not in it.text
        await it.press("pagedown", "pagedown")
        assert "HERE · stages" not in it.text
        await it.press("end")
        assert "forums" in it.text
        await it.press("k")
        before = it.text
        await it.press("j")
        assert it.text != before
        await it.press("home")
        assert "HERE · stages" in it.text


async def test_the_list_of_flags_names_who_whose_and_how_far_a_call_reaches() -> None:
    async with watching() as it:
        await it.press("f")
        assert "Piet Bakker c2  ⚑ flag 2:00: names a lawyer (Ada)" in it.text
        assert "yours only" in it.text
        count = it.screen.wall.to_look_at
        assert f"flags and alerts {count} " in it.rows[1]
        assert it.rows[3].split() == ["TO", "LOOK", "AT", str(count)]
        await it.press("j", "a")
        assert "ACKNOWLEDGED HERE" in it.text
        assert f"flags and alerts {count - 1} " in it.rows[1]


@pytest.mark.parametrize("there", ["enter", "2", "3", "f"])
@pytest.mark.parametrize("freezes", ["before", "there", "never"])
async def test_the_wall_is_as_it_was_when_one_comes_back_to_it(there: str, freezes: str) -> None:
    async with watching() as it:
        await it.press("down", *["space"] * (freezes == "before"))
        shown = it.order
        assert len(shown) > 1
        await it.press(there, *["space"] * (freezes == "there"))
        it.screen.tick()
        await it.pilot.pause()
        assert it.order == shown
        await it.press("escape")
        it.screen.tick()
        assert it.order == shown


async def test_a_mistake_in_the_thresholds_stays_to_be_read_where_alerts_are() -> None:
    mistake = "alerts.toml, line 2: there is no figure `waitng`. Did you mean `waiting`?"
    async with watching(complaints=(mistake,)) as it:
        await it.press("f")
        assert mistake in it.text


async def test_a_threshold_that_is_passed_is_an_alert_about_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Threshold("waiting", 2, None, 10_000, Loud.NOTICE, "waiting over 2 for 10s")
    async with watching(thresholds=(rule,)) as it:
        called: list[str] = []
        monkeypatch.setattr(it.screen.calls, "call", called.append)
        assert "threshold" not in it.text
        it.clock.pass_ms(10_000)
        await it.settle()
        assert "▲ threshold 0:10: waiting over 2 for 10s" in it.rows[2]
        assert it.rows[2].endswith("f shows all")
        assert called == ["An alert on the wall"]


async def test_nobody_available_is_said_while_somebody_waits() -> None:
    async with watching() as it:
        for name in ("Ada", "Ruben"):
            it.desk.agent(name, availability=Availability.AWAY)
        await it.wait_for("3 waiting, none of 4 agents available")


async def test_a_desk_that_is_lost_is_said_with_how_old_everything_is() -> None:
    async with watching() as it:
        waits = [row for row in it.rows if "waits too long" in row]
        it.desk.cut()
        await it.wait_for("NOT LIVE")
        it.clock.pass_ms(90 * SECOND)
        await it.settle()
        assert "All of this is as it stood 1:30 ago." in it.text
        assert [row for row in it.rows if "waits too long" in row] == waits, "no clock goes on as if it knew"
        it.desk.restore()
        it.screen.monitor.reconnect_now()  # type: ignore[union-attr]
        await it.wait_for("NOT LIVE", there=False)


async def test_a_token_that_is_revoked_closes_the_wall() -> None:
    async with watching() as it:
        it.desk.cut(error=AuthExpired("Vera's sign-in was ended by an admin.", revoked=True))
        await it.until(lambda: it.app.return_code is not None or not it.app.is_running)
        assert it.screen.live_state.known.link.reason == "Vera's sign-in was ended by an admin."
        assert it.screen.live_state.tiles == {}


async def test_with_no_conversation_it_says_so() -> None:
    clock = Clock()
    wall = a_watched_desk(clock)
    wall.desk.conversations.clear()
    wall.desk.entries.clear()
    async with watching(wall=wall, clock=clock) as it:
        assert "Nobody is chatting." in it.text
        await it.press("enter", "n", "a", "y", "p", "j", "g", "G", "space", "2", "3", "f", "1")
        assert "Nobody is chatting." in it.text


async def test_a_day_without_open_hours() -> None:
    clock = Clock()
    wall = a_watched_desk(clock)
    now = clock()
    day = 24 * 60 * MINUTE
    wall.desk.hours = OpeningHours(False, clean("Europe/Amsterdam"), closed=((now - day, now + day),))
    async with watching(wall=wall, clock=clock) as it:
        assert "waits too long" not in it.text
        assert it.screen.wall.desk_alerts == ()


async def test_five_thousand_conversations() -> None:
    clock = Clock()
    wall = a_watched_desk(clock)
    many(wall.desk, 5_000, clock())
    async with watching((200, 50), wall=wall, clock=clock) as it:
        assert "24 of 5007" in it.rows[1]
        assert it.order[0] == "c2"
        assert "with an alert not shown" in it.rows[1]


async def test_a_clock_that_differs_from_the_desks_changes_no_wait() -> None:
    clock = Clock()
    wall = a_watched_desk(clock)
    wall.skew_ms = 600_000
    clock.pass_ms(-600_000)
    async with watching(wall=wall, clock=clock) as it:
        await it.press("n", "n", "y")
        assert it.app.clipboard == "c3 Omar waiting 4:10"


async def test_an_agent_who_vanishes_is_shown_as_reconnecting() -> None:
    async with watching((200, 50)) as it:
        it.desk.agent("Ruben", availability=Availability.RECONNECTING)
        await it.press("2")
        await it.wait_for("? Ruben")
        assert "reconnecting" in it.text


@pytest.mark.parametrize("size", [(60, 15), (40, 10), (39, 9), (20, 5), (1, 1)])
async def test_a_tiny_terminal(size: tuple[int, int]) -> None:
    async with watching(size) as it:
        for key in ("n", "enter", "escape", "2", "3", "f", "1", "space", "space", "plus", "minus", "s"):
            await it.press(key)
        assert it.app.is_running


async def test_another_size_sorts_nothing_anew_but_shows_what_fits() -> None:
    async with watching((200, 50)) as it:
        await it.pilot.resize_terminal(80, 24)
        await it.settle()
        assert len(it.order) == 6
        assert it.order[:2] == ["c2", "c3"]


async def test_who_asked_for_the_console_is_told_why_this_is_the_monitor() -> None:
    async with watching(why="You only watch here.") as it:
        await it.wait_for("You only watch here.")


async def test_with_none_resolved_there_is_none_to_pick_by_chance() -> None:
    async with watching() as it:
        it.desk.conversations.clear()
        await it.press("x")
        await it.wait_for("No conversation was resolved in the last 30 days: there is none to pick by chance.")
        assert it.app.screen is it.screen


async def test_a_number_or_an_agent_with_no_conversation_behind_is_said_to_have_none() -> None:
    async with watching((200, 50)) as it:
        await it.press("2", "right", "g", "j", "j", "j", "enter")
        assert "has no conversation that is open." in it.last_row
        it.desk.conversations.clear()
        await it.press("left", "g", "enter")
        await it.wait_for("waiting: there is no conversation behind it.")
        assert it.app.screen is it.screen


async def test_a_resolved_conversation_leaves_its_place_to_the_next() -> None:
    async with watching((80, 24)) as it:
        before = it.order
        it.desk.change(ANA, state=State.RESOLVED)
        await it.until(lambda: "c4" not in it.order)
        assert [label for label in it.order if label in before] == [label for label in before if label != "c4"]


async def test_a_number_is_shown_only_where_it_is_allowed_and_only_while_the_conversation_is_open() -> None:
    async with watching() as it:
        it.screen.open(JANE)
        await it.wait_for("5678")
        await it.press("V")
        await it.wait_for("does not allow it")
        assert "1234 5678" not in it.text
        it.wall.may_see_contacts = True
        await it.press("V")
        await it.wait_for("+31 6 1234 5678")
        assert it.wall.revealed == [JANE]
        await it.press("escape")
        it.screen.open(JANE)
        await it.settle()
        assert "1234 5678" not in it.text


async def test_a_desk_that_says_nothing_any_more_is_not_shown_as_live() -> None:
    async with watching() as it:
        waits = [row for row in it.rows if "waits too long" in row]
        it.desk.push(Quiet(it.clock()))
        await it.wait_for("NOT LIVE: no answer")
        it.clock.pass_ms(20 * SECOND)
        await it.settle()
        assert "All of this is as it stood 0:20 ago." in it.text
        assert [row for row in it.rows if "waits too long" in row] == waits
        it.desk.push(Heard(it.clock()))
        await it.wait_for("● live")
        assert "NOT LIVE" not in it.text
