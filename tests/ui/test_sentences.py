"""A sentence typed where no text field has the focus is not a row of commands."""

import asyncio
from collections.abc import Callable

import pytest
from textual.events import Key

from agent_tui.ui.keys import SentenceGuard
from tests.ui.console_of import console
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


async def test_fifty_openings_typed_while_moving_do_nothing_to_anyone() -> None:
    assert len(OPENINGS) == 50
    async with console(sentence_guard=True) as it:
        it.screen.show(JANE)
        await it.press("escape")
        before = dict(it.desk.conversations)
        at = 1_000.0
        for opening in OPENINGS:
            it.screen.chat.transcript.focus()
            await it.pilot.pause()
            for character in opening:
                at += 0.12
                assert it.app._driver is not None
                it.app._driver.send_message(_event(character, at))
                await asyncio.sleep(0.002)
            await it.settle()
            at += 5.0
            while it.app.screen is not it.screen:
                await it.press("escape")
        await it.pilot.pause(0.7)
        await it.settle()
        assert set(it.acted) <= {"typing"}, opening
        assert it.desk.conversations == before
        assert it.screen.tabs.shown == JANE


async def test_what_was_typed_goes_into_the_reply_with_one_key() -> None:
    async with console(sentence_guard=True) as it:
        it.screen.show(JANE)
        await it.press("escape")
        await it.press("G", "o", "e", "d")
        assert "That was a sentence" in it.last_row
        await it.pilot.pause(0.6)
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


def test_the_third_key_within_half_a_second_drops_them_all(later: Later) -> None:
    done: list[str] = []
    guard = SentenceGuard(later, done.append)
    for number, letter in enumerate("emc"):
        guard.press(1.0 + number * 0.2, letter, lambda: done.append("acted"))
    later.all()
    assert done == ["emc"]
    guard.press(1.8, "z", lambda: done.append("acted"))
    later.all()
    assert done == ["emc", "emcz"]
    guard.press(2.5, "m", lambda: done.append("acted"))
    later.all()
    assert done == ["emc", "emcz", "acted"]


def test_moving_with_a_held_key_is_no_sentence(later: Later) -> None:
    done: list[str] = []
    guard = SentenceGuard(later, done.append)
    for number in range(30):
        guard.press(1.0 + number * 0.03, "j", lambda: done.append("down"), moves=True)
    assert done == ["down"] * 30
