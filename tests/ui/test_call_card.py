"""F9 on the console: the countdown and its undo, whose keys count when, and what reaches the desk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from agent_tui.model.call import Basis, BasisKind, CallId, CallKind, CallState, Reason
from agent_tui.model.ids import AgentId
from agent_tui.model.telephone import Stop
from agent_tui.model.text import SafeText, clean
from agent_tui.ui.phone.card_focus import GUARD_S
from tests.account_of import Clock
from tests.scripted_calls import HANDOVER
from tests.ui.console_of import Console, console
from tests.ui.people import JANE, PIET, a_busy_desk

CALLS = (
    "request_call",
    "dial_call",
    "cancel_call",
    "hang_up",
    "report_call",
    "call_outcome",
    "offer_call",
    "queue_call",
    "release_call",
)


class AtJane:
    """Jane's chat, the composer with the focus, and a clock for the card that only this test moves."""

    def __init__(self, it: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        self.it = it
        self.now = 1_000.0
        monkeypatch.setattr(it.app, "now_s", lambda: self.now)

    async def pass_s(self, seconds: float) -> None:
        self.now += seconds
        self.it.clock.pass_ms(round(seconds * 1_000))
        self.it.screen.calling.tick()
        await self.it.settle()

    async def press(self, *keys: str) -> None:
        await self.it.press(*keys)

    async def checked(self) -> None:
        """Until what is looked at beside the typing is on the card."""
        async with asyncio.timeout(5):
            while "Checking" in self.it.text:
                await self.it.pilot.pause(0.01)
        await self.it.settle()

    async def f9(self) -> None:
        await self.press("f9")
        await self.checked()

    @property
    def reached(self) -> list[str]:
        """The wishes about calls that reached the desk, in their order."""
        return [call[0] for call in self.it.desk.asked if call[0] in CALLS]

    @property
    def draft(self) -> str:
        return self.it.screen.chat.composer.draft.text


@asynccontextmanager
async def at_jane(
    monkeypatch: pytest.MonkeyPatch, *stops: Stop, typing: bool = True, size: tuple[int, int] = (120, 36), **more: Any
) -> AsyncIterator[AtJane]:
    clock = Clock()
    desk = a_busy_desk(clock)
    desk.phone.checks = msgspec.structs.replace(desk.phone.checks, stops=stops)
    async with console(size, desk=desk, clock=clock, **more) as it:
        jane = AtJane(it, monkeypatch)
        it.screen.show(JANE)
        it.screen.chat.transcript.focus()
        await it.settle()
        if typing:
            await it.press("i")
        yield jane


def stop(code: str, sentence: str, *, passable: bool = False) -> Stop:
    return Stop(code, SafeText(sentence), passable)


async def test_the_card_paints_before_it_is_checked_and_counts_down_while_the_composer_keeps_the_focus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_jane(monkeypatch) as jane:
        asked: asyncio.Event = asyncio.Event()
        checking = jane.it.screen.account.check_call  # type: ignore[union-attr]

        async def slow(*about: Any) -> Any:
            await asked.wait()
            return await checking(*about)

        monkeypatch.setattr(jane.it.screen.account, "check_call", slow)
        await jane.press("f9")
        assert "Checking …" in jane.it.text
        asked.set()
        await jane.checked()
        assert "Calling +31 6 12345678 in 5" in jane.it.text
        assert jane.it.screen.typing
        await jane.pass_s(1.5)
        assert "in 4" in jane.it.text
        assert jane.reached == ["request_call"]


@pytest.mark.parametrize("after", [0.0, 4.9])
async def test_undone_in_time_nothing_was_dialled(monkeypatch: pytest.MonkeyPatch, after: float) -> None:
    async with at_jane(monkeypatch) as jane:
        await jane.f9()
        await jane.pass_s(after)
        await jane.press("escape")
        assert jane.reached == ["request_call", "cancel_call"]
        assert "nobody noticed" in jane.it.last_row
        assert "CALL Jane" not in jane.it.text
        await jane.pass_s(60)
        assert "dial_call" not in jane.reached


async def test_undone_a_promised_callback_waits_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_jane(monkeypatch) as jane:
        promised = jane.it.desk.phone.add(JANE, kind=CallKind.CALLBACK, state=CallState.QUEUED)
        await jane.f9()
        await jane.pass_s(1)
        await jane.press("escape")
        assert jane.reached == ["request_call", "release_call"]
        assert jane.it.desk.phone.of(promised.id).state is CallState.QUEUED


async def never(*_about: Any) -> Any:
    await asyncio.Event().wait()


async def test_undone_before_anything_was_checked_nothing_was_even_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        monkeypatch.setattr(jane.it.screen.account, "check_call", never)
        await jane.press("f9", "escape")
        assert "CALL Jane" not in jane.it.text
        assert jane.reached == []


async def test_after_five_seconds_it_is_dialled_once_and_esc_is_what_it_always_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_jane(monkeypatch) as jane:
        await jane.f9()
        await jane.pass_s(5.0)
        assert jane.reached == ["request_call", "dial_call"]
        assert "Your phone rings" in jane.it.text
        await jane.press("escape")
        assert not jane.it.screen.typing
        assert jane.reached == ["request_call", "dial_call"]


@pytest.mark.parametrize(("apart", "dialled"), [(0.1, False), (GUARD_S - 0.01, False), (GUARD_S + 0.01, True)])
async def test_a_second_press_counts_only_once_it_can_be_meant(
    monkeypatch: pytest.MonkeyPatch, apart: float, dialled: bool
) -> None:
    async with at_jane(monkeypatch) as jane:
        await jane.f9()
        await jane.pass_s(apart)
        await jane.press("f9")
        assert ("dial_call" in jane.reached) == dialled
        await jane.press("f9")
        assert jane.reached.count("dial_call") == dialled


async def test_in_the_countdown_keys_mean_what_they_always_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        await jane.f9()
        await jane.it.write("yes x q 1")
        assert jane.draft == "yes x q 1"
        await jane.press("enter")
        assert jane.it.asked("send")[0][0].body == "yes x q 1"
        assert "in 5" in jane.it.text
        assert jane.reached == ["request_call"]
        await jane.press("ctrl+k")
        assert "what do you want to do?" in jane.it.text


async def test_who_leaves_the_chat_in_the_countdown_undoes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        await jane.f9()
        jane.it.screen.show(PIET)
        await jane.it.settle()
        assert jane.reached == ["request_call", "cancel_call"]
        await jane.pass_s(10)
        assert "dial_call" not in jane.reached


async def test_a_card_that_asks_takes_the_focus_says_so_and_its_letters_count_only_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asks = stop("no_number", "There is no number.")
    async with at_jane(monkeypatch, asks) as jane:
        await jane.it.write("one mo")
        await jane.f9()
        assert jane.it.screen.calling.focus.there
        assert "these keys count now" in jane.it.text
        assert jane.draft == "one mo"
        await jane.press("a")
        assert jane.reached == [], "too soon after the focus moved"
        await jane.pass_s(GUARD_S)
        await jane.press("a")
        assert jane.it.asked("offer_call") == [(JANE, "+31612345678")]
        await jane.press("escape")
        assert jane.it.screen.typing
        assert jane.draft == "one mo"


async def test_a_sentence_typed_onto_a_card_goes_on_in_the_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = stop("customer_away", "Jane is away.", passable=True)
    async with at_jane(monkeypatch, asks, sentence_guard=True) as jane:
        await jane.it.write("a")
        await jane.f9()
        await jane.it.write("yqment")
        assert jane.it.screen.typing
        assert jane.draft == "ayqment"
        assert jane.reached == []
        await jane.pass_s(10)
        assert jane.reached == []


async def test_what_was_looked_at_is_told_to_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    stops = (stop("not_assigned", "Look again.", passable=True), stop("customer_away", "Away.", passable=True))
    async with at_jane(monkeypatch, *stops) as jane:
        await jane.f9()
        for _ in stops:
            await jane.pass_s(GUARD_S)
            await jane.press("y")
        assert "Calling" in jane.it.text
        assert jane.it.screen.typing, "back to writing: nothing is asked any more"
        assert jane.it.asked("request_call")[0][-1] == ("customer_away", "not_assigned")


async def test_the_line_that_asks_to_be_called_is_given_as_the_ground(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        asked = jane.it.desk.customer_says(JANE, "Could somebody call me about this?")
        jane.it.desk.customer_says(JANE, "What is your phone number?")
        async with asyncio.timeout(5):
            while "asked to be called" not in jane.it.screen.calling.offers.words(JANE):
                await jane.it.pilot.pause(0.01)
        await jane.f9()
        assert jane.it.asked("check_call")[-1][-1] == asked.key
        await jane.pass_s(6)
        assert jane.it.asked("request_call")[0][-2] == asked.key


async def test_two_numbers_are_chosen_between(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        jane.it.desk.customer_says(JANE, "Bel me op 0687654321, niet dat andere")
        await jane.it.settle()
        await jane.f9()
        assert "Which number?" in jane.it.text
        assert "niet dat andere" in jane.it.text
        assert jane.reached == []
        await jane.pass_s(GUARD_S)
        await jane.press("1")
        await jane.checked()
        assert jane.it.asked("check_call")[-1][1] == "+31687654321"


async def test_a_number_typed_is_shown_as_people_write_it_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch, stop("too_short", "A digit too few.")) as jane:
        await jane.f9()
        await jane.pass_s(GUARD_S)
        await jane.press("e")
        await jane.it.write("0612345678")
        async with asyncio.timeout(5):
            while "06 12345678" not in jane.it.text:
                await jane.press("left", "right")
                await jane.it.pilot.pause(0.02)
        await jane.press("enter")
        await jane.checked()
        assert jane.it.asked("check_call")[-1][1] == "0612345678"


async def test_an_answer_that_comes_while_the_card_waits_is_offered_and_not_dialled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_jane(monkeypatch, stop("no_consent", "Jane has not asked.")) as jane:
        await jane.f9()
        await jane.pass_s(GUARD_S)
        await jane.press("a")
        agreed = Basis(BasisKind.CUSTOMER_AGREED, "9")
        jane.it.desk.phone.checks = msgspec.structs.replace(jane.it.desk.phone.checks, stops=(), basis=agreed)
        jane.it.desk.system_says(JANE, "call_agreed")
        await jane.it.wait_for("said yes")
        await jane.pass_s(30)
        assert jane.reached == ["offer_call"]
        await jane.press("f9")
        assert "Calling" in jane.it.text


async def test_a_no_that_comes_while_the_card_waits_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch, stop("no_number", "There is no number.")) as jane:
        await jane.f9()
        await jane.pass_s(GUARD_S)
        await jane.press("a")
        phone = jane.it.desk.phone
        phone.checks = msgspec.structs.replace(phone.checks, offered_ms=1)
        jane.it.desk.system_says(JANE, "call_told")
        await jane.it.wait_for("● Asked for a number")
        phone.checks = msgspec.structs.replace(phone.checks, offered_ms=None)
        jane.it.desk.system_says(JANE, "call_declined")
        await jane.it.wait_for("They said no")
        assert "● Asked for a number" not in jane.it.text


async def test_the_call_is_followed_on_the_card_and_how_it_went_is_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        desk = jane.it.desk
        await jane.f9()
        await jane.pass_s(5)
        (call_id,) = desk.phone.calls
        for state, said in (
            (CallState.AGENT_ANSWERED, "You're on"),
            (CallState.DIALLING_CUSTOMER, "Ringing Jane de Vries … 0:00"),
            (CallState.IN_CALL, "In call 0:00"),
        ):
            desk.phone.moves(call_id, state)
            await jane.it.settle()
            assert said in jane.it.text
            assert "4821" in jane.it.text
            assert "Could I see what they say?" in jane.it.text
        await jane.it.write("x and 1")
        assert jane.draft == "x and 1"
        desk.phone.moves(call_id, CallState.ENDED, Reason.CUSTOMER_HUNG_UP)
        await jane.it.settle()
        assert jane.it.screen.typing, "what is being written is not interrupted"
        assert "F9 answers here" in jane.it.text
        await jane.press("f9")
        await jane.pass_s(GUARD_S)
        await jane.press("1")
        assert jane.it.asked("call_outcome") == [(call_id, "spoke", "", "")]
        assert "Kept: spoke." in jane.it.text
        await jane.press("escape")
        assert "CALL Jane" not in jane.it.text
        assert jane.it.screen.typing


async def test_hanging_up_is_a_key_of_the_card_behind_the_same_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        jane.it.desk.phone.add(JANE, state=CallState.IN_CALL, agent=AgentId("ada"), dialled_ms=1, provider="simulated")
        await jane.it.settle()
        assert "F9, then  x hang up" in jane.it.text
        await jane.press("f9", "x")
        assert jane.reached == []
        await jane.pass_s(GUARD_S)
        await jane.press("x")
        assert jane.reached == ["hang_up"]


async def test_a_lost_connection_undoes_a_countdown_and_is_said_in_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        await jane.f9()
        jane.it.desk.cut()
        await jane.it.wait_for("nothing was dialled")
        await jane.pass_s(10)
        assert "dial_call" not in jane.reached
        jane.it.desk.restore()
        await jane.it.wait_for("F9 calls +31 6 12345678")
        await jane.pass_s(60)
        assert "dial_call" not in jane.reached, "only a key goes on"
        await jane.press("f9")
        assert jane.reached[-1] == "dial_call"


async def test_a_colleagues_call_is_shown_and_not_dialled_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        jane.it.desk.phone.add(
            JANE, state=CallState.IN_CALL, agent=AgentId("ruben"), agent_name=clean("Ruben"), dialled_ms=1
        )
        await jane.it.settle()
        await jane.f9()
        assert "Ruben is in a call with Jane" in jane.it.text
        assert jane.reached == []
        jane.it.desk.phone.moves(CallId("call-1"), CallState.ENDED, Reason.CUSTOMER_HUNG_UP)
        await jane.it.wait_for("F9 calls +31 6 12345678")
        await jane.pass_s(60)
        assert jane.reached == [], "when theirs ends, only a key goes on"


async def test_where_ones_phone_was_not_reached_the_number_can_be_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        await jane.f9()
        await jane.pass_s(5)
        (call,) = jane.it.desk.phone.calls.values()
        jane.it.desk.phone.moves(call.id, CallState.ENDED, Reason.AGENT_UNREACHABLE)
        await jane.it.wait_for("Ended")
        await jane.press("f9")
        await jane.pass_s(GUARD_S)
        await jane.press("h")
        await jane.checked()
        assert "your own number will show" in " ".join(jane.it.text.split())
        await jane.pass_s(5)
        await jane.it.wait_for("Handed to your phone")


async def test_a_handed_over_number_asks_how_it_went(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        phone = jane.it.desk.phone
        phone.telephone = msgspec.structs.replace(phone.telephone, ways=(HANDOVER,))
        phone.checks = msgspec.structs.replace(phone.checks, ways=(HANDOVER,))
        await jane.f9()
        assert "your own number will show" in " ".join(jane.it.text.split())
        await jane.pass_s(5)
        await jane.it.wait_for("Handed to your phone")
        assert jane.reached == ["request_call", "dial_call", "report_call"]
        assert "in call" not in jane.it.text.lower()
        await jane.press("f9")
        await jane.pass_s(GUARD_S)
        await jane.press("2")
        assert jane.it.asked("call_outcome")[0][1] == "no_answer"


@pytest.mark.parametrize("size", [(59, 24), (80, 15), (40, 12)])
async def test_on_a_small_terminal_the_card_is_one_line(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    async with at_jane(monkeypatch, size=size) as jane:
        await jane.f9()
        assert sum("☎" in row and "Calling" in row for row in jane.it.rows) == 1
        assert jane.it.screen.calling.widget.size.height == 1
        await jane.press("escape")
        assert jane.reached == ["request_call", "cancel_call"]


async def test_the_plan_key_plans_it_for_the_hour_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch, stop("outside_hours", "It is late there.")) as jane:
        phone = jane.it.desk.phone
        morning_ms = jane.it.clock() + 20 * 3_600_000
        phone.checks = msgspec.structs.replace(phone.checks, next_hours_ms=morning_ms)
        await jane.f9()
        assert "s plan it for Mon 09:00 there" in jane.it.text
        await jane.pass_s(GUARD_S)
        phone.checks = msgspec.structs.replace(phone.checks, stops=())  # planned, hours stop nothing
        await jane.press("s")
        (planned,) = jane.it.asked("queue_call")
        assert planned[3] == morning_ms
        assert "A callback is planned" in jane.it.last_row
        assert "CALL Jane" not in jane.it.text


async def test_who_quits_in_a_call_is_told_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        jane.it.desk.phone.add(JANE, state=CallState.IN_CALL, agent=AgentId("ada"), dialled_ms=1)
        await jane.it.settle()
        await jane.press("ctrl+q")
        assert jane.it.app.is_running
        assert "Your call goes on without this screen" in jane.it.text
        await jane.press("s")
        assert "In call" in jane.it.text
        assert jane.reached == [], "nothing was hung up"


async def test_while_letters_are_the_cards_the_footer_names_none_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch, stop("no_number", "There is no number."), typing=False) as jane:
        assert "i reply" in jane.it.last_row
        await jane.f9()
        assert "i reply" not in jane.it.last_row
        assert "F9 phone" in jane.it.last_row


@pytest.mark.parametrize("width", [58, 60, 80])
async def test_a_narrow_footer_still_names_proof_and_phone(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    async with at_jane(monkeypatch, size=(width, 24)) as jane:
        assert "F2 testimonial" in jane.it.last_row
        assert "F9 phone" in jane.it.last_row
