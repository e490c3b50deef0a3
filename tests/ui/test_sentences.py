"""A sentence typed where no text field has the focus is not a row of commands."""

import time
from collections.abc import Callable

import pytest
from textual.events import Key

from agent_tui.ui.keyboard import Keyboard
from agent_tui.ui.keys import SentenceGuard
from tests.idle import until_idle
from tests.ui.console_of import Console, console
from tests.ui.people import JANE

OPENINGS = """
Goedemiddag, waarmee kan ik u helpen?
Goedemorgen Jane, fijn dat u er bent
Hallo, met Ada van de klantenservice
Bedankt voor uw bericht
Een ogenblik alstublieft
Ik kijk het even voor u na
Wat vervelend om te horen
Mag ik uw bestelnummer?
Dat zoek ik direct voor u uit
Sorry voor het wachten
Natuurlijk, dat kan
Zou u mij dat kunnen uitleggen?
Uw pakket is onderweg
Excuses voor het ongemak
Kunt u dat nog eens proberen?
Waar loopt u precies tegenaan?
Prima, dan regel ik dat
Fijne dag nog!
Bent u er nog?
Zeker, dat begrijp ik
Welkom bij Acme
Ja hoor, geen probleem
Nee, dat is helaas niet mogelijk
Tot ziens en bedankt
Even geduld, ik overleg het
Good afternoon, how can I help you?
Hi Jane, thanks for waiting
Hello, this is Ada
Thanks for getting in touch
One moment please
Let me check that for you
Sorry to hear that
Could you tell me your order number?
I will look into it right away
Of course, no problem
May I ask which page you are on?
Your parcel is on its way
Apologies for the delay
Can you try that once more?
Where exactly does it go wrong?
Great, I will arrange that
Have a nice day!
Are you still there?
Sure, I understand
Welcome to Acme
Yes, we do ship to Belgium
No, that is not possible, sorry
Umbra said the same
Right, let us see
eerst even kijken wat er misging
""".strip().splitlines()


def _event(character: str, at: float) -> Key:
    names = {" ": "space", "?": "question_mark", ",": "comma", "!": "exclamation_mark"}
    key = Key(names.get(character, character), character)
    key.time = at
    return key


class Timers:
    """The app's timers on a clock that a test moves."""

    def __init__(self) -> None:
        self.now = time.monotonic()
        self._calls: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, seconds: float, call: Callable[[], None]) -> None:
        self._calls.append((self.now + seconds, call))

    def pass_s(self, seconds: float) -> None:
        """Time goes on; what was to be called meanwhile is called."""
        self.now += seconds
        due = [call for at, call in self._calls if at <= self.now]
        self._calls = [(at, call) for at, call in self._calls if at > self.now]
        for call in due:
            call()


async def type_slowly(it: Console, timers: Timers, text: str, seconds: float) -> None:
    """Keys as a terminal sends them, so many seconds apart."""
    for character in text:
        timers.pass_s(seconds)
        assert it.app._driver is not None
        it.app._driver.send_message(_event(character, timers.now))
        await until_idle()


def how_all_stand(it: Console) -> list[tuple[object, ...]]:
    return [(c.ref, c.state, c.stage, c.outcome, c.owner, c.waiting_since_ms) for c in it.desk.conversations.values()]


def with_timers(it: Console) -> Timers:
    timers = Timers()
    it.app.keyboard = Keyboard(it.app, it.screen, timers)
    return timers


@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.3, 0.45])
async def test_fifty_openings_typed_while_moving_do_nothing_to_anyone(seconds: float) -> None:
    assert len(OPENINGS) == 50
    async with console(sentence_guard=True) as it:
        timers = with_timers(it)
        it.screen.show(JANE)
        await it.press("escape")
        before = how_all_stand(it)
        for opening in OPENINGS:
            it.screen.chat.transcript.focus()
            await it.pilot.pause()
            await type_slowly(it, timers, opening[:12], seconds)
            timers.pass_s(5.0)
            await it.settle()
            assert set(it.acted) <= {"typing"}, opening
            while it.app.screen is not it.screen:
                await it.press("escape")
        assert how_all_stand(it) == before
        assert it.screen.tabs.shown == JANE


async def test_the_first_letter_after_a_question_opened_waits_to_be_an_answer() -> None:
    async with console(sentence_guard=True) as it:
        timers = with_timers(it)
        it.screen.show(JANE)
        it.screen.chat.transcript.focus()
        await it.settle()
        await type_slowly(it, timers, "en", 0.7)
        timers.pass_s(0.6)
        await it.settle()
        assert it.acted == []
        assert "how did it go?" in it.text
        timers.pass_s(0.3)
        await it.settle()
        assert it.asked("resolve") == [(JANE, "no answer")]


async def test_a_letter_that_is_no_answer_is_a_sentence_and_closes_the_question() -> None:
    async with console(sentence_guard=True) as it:
        timers = with_timers(it)
        it.screen.show(JANE)
        it.screen.chat.transcript.focus()
        await it.settle()
        await type_slowly(it, timers, "ee", 0.7)
        await it.settle()
        assert it.app.screen is it.screen
        assert "That was a sentence" in it.last_row
        assert it.acted == []


async def test_enter_gives_the_answer_a_letter_points_at_at_once() -> None:
    async with console(sentence_guard=True) as it:
        it.screen.show(JANE)
        it.screen.chat.transcript.focus()
        await it.settle()
        await it.press("e", "l", "enter")
        assert it.asked("resolve") == [(JANE, "lead")]


async def test_a_letter_acts_on_the_chat_it_was_pressed_in() -> None:
    async with console(sentence_guard=True) as it:
        it.screen.show(JANE)
        it.screen.chat.transcript.focus()
        await it.settle()
        await it.press("m", "ctrl+g")
        assert it.asked("set_needs_answer") == [(JANE, False)]
        assert it.screen.tabs.shown != JANE


async def test_a_sentence_that_was_left_does_not_come_back() -> None:
    async with console(sentence_guard=True) as it:
        timers = with_timers(it)
        it.screen.show(JANE)
        for leave in ("escape", ""):
            it.screen.chat.transcript.focus()
            await it.settle()
            await type_slowly(it, timers, "Goed", 0.2)
            assert it.app.keyboard.typed == "Goed"
            if leave:
                await it.press(leave)
            await type_slowly(it, timers, "i", 0.1 if leave else 7.0)
            await it.settle()
            assert it.screen.typing
            assert it.screen.chat.composer.draft.text == ""
            timers.pass_s(5.0)


async def test_what_was_typed_goes_into_the_reply_with_one_key() -> None:
    async with console(sentence_guard=True) as it:
        it.screen.show(JANE)
        await it.press("escape")
        await it.press("G", "o", "e", "d")
        assert "That was a sentence" in it.last_row
        await it.pilot.pause(1.3)
        await it.press("i")
        assert it.screen.chat.composer.draft.text == "Goed"
        assert set(it.acted) <= {"typing"}


async def test_one_letter_acts_after_half_a_second() -> None:
    async with console(sentence_guard=True) as it:
        it.screen.show(JANE)
        await it.press("escape")
        await it.pilot.pause(0.6)
        await it.press("m")
        assert it.acted == []
        await it.pilot.pause(0.6)
        await it.settle()
        assert it.acted == ["set_needs_answer"]


class Later:
    """Timers that a test lets go."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def __call__(self, seconds: float, call: Callable[[], None]) -> None:
        self.calls.append(call)

    def all(self) -> None:
        calls, self.calls = self.calls, []
        for call in calls:
            call()


@pytest.fixture
def later() -> Later:
    return Later()


def test_two_keys_act_in_order_once_it_is_quiet(later: Later) -> None:
    done: list[str] = []
    guard = SentenceGuard(later, done.append)
    guard.press(1.0, "e", lambda: done.append("e!"))
    guard.press(1.2, "m", lambda: done.append("m!"))
    assert done == []
    later.all()
    assert done == ["e!", "m!"]


def test_the_third_key_within_the_window_drops_them_all(later: Later) -> None:
    done: list[str] = []
    guard = SentenceGuard(later, done.append)
    for number, letter in enumerate("emc"):
        guard.press(1.0 + number * 0.2, letter, lambda: done.append("acted"))
    later.all()
    assert done == ["emc"]
    guard.press(1.8, "z", lambda: done.append("acted"))
    later.all()
    assert done == ["emc", "emcz"]
    guard.press(3.1, "m", lambda: done.append("acted"))
    later.all()
    assert done == ["emc", "emcz", "acted"]


def test_moving_with_a_held_key_is_no_sentence(later: Later) -> None:
    done: list[str] = []
    guard = SentenceGuard(later, done.append)
    for number in range(100):  # for three seconds: longer than a sentence's window
        guard.press(1.0 + number * 0.03, "j", lambda: done.append("down"), moves=True)
    assert done == ["down"] * 100
