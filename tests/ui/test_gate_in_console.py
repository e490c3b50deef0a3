"""The gate in the console: at the moment of sending, in sentences, with the text kept and the cursor where it helps."""

import asyncio

import pytest

from agent_tui.ui.widgets.composer_lines import RefusalLines
from tests.ui.console_of import Console
from tests.ui.people import JANE, LEA
from tests.ui.test_picker import draft, found, proof, writing

MOVED = "Op maandag vroeg niemand waar het oude programma was."


def sent(it: Console) -> list[str]:
    return [item.body for item, *_ in it.asked("send")]


def carried(it: Console) -> list[list[tuple[str, int]]]:
    return [[(each.snippet, each.revision) for each in item.proof] for item, *_ in it.asked("send")]


def composed(it: Console) -> str:
    """What is said above the text, however its lines break."""
    return " ".join(it.screen.chat.composer.query_one(RefusalLines).render().plain.split())


async def put_in(it: Console, words: str, title: str, key: str = "f2") -> None:
    await it.press(key, *words)
    await found(it, title)
    await it.settle()
    await it.press("enter")
    async with asyncio.timeout(5):
        while not proof(it):
            await it.pilot.pause(0.02)


async def test_proof_goes_out_with_what_it_is() -> None:
    async with writing() as it:
        await put_in(it, "initech", "Umbra came over")
        text = draft(it)
        await it.press("enter")
        assert sent(it) == [text]
        assert carried(it) == [[("example-umbra-moved", 1)]]
        assert draft(it) == ""
        assert proof(it) == []


async def test_a_field_without_a_value_stops_the_send_and_the_cursor_is_there() -> None:
    async with writing(LEA) as it:
        await it.press("slash", *"norway")
        await found(it, "Delivery to Norway")
        await it.press("enter", "end", "enter")
        await it.wait_for("Nothing is known for {{customer.first_name}}")
        assert sent(it) == []
        await it.write("Lea")
        await it.press("enter")
        assert sent(it) == ["Yes, Lea, we deliver to Norway. It takes four to six working days."]


@pytest.mark.parametrize("typed", ["Hello [name],", "Hallo [Voornaam]", "Hi {{customer.nmae}}"])
async def test_nobody_ever_gets_a_placeholder(typed: str) -> None:
    async with writing() as it:
        it.screen.chat.composer.insert(typed)
        await it.press("enter")
        await it.wait_for("Nothing is known for")
        assert sent(it) == []
        assert draft(it) == typed


async def test_not_checked_for_long_is_warned_of_and_the_second_enter_sends() -> None:
    async with writing() as it:
        await put_in(it, "phone part", "the phone part is")
        text = draft(it)
        await it.press("enter")
        await it.wait_for("look at it first")
        assert "Enter again sends it all the same." in composed(it)
        assert sent(it) == []
        await it.write("!")
        await it.press("enter")
        assert sent(it) == []
        await it.press("enter")
        assert sent(it) == [f"{text}!"]


async def test_changed_words_are_restored() -> None:
    async with writing() as it:
        await put_in(it, "initech", "Umbra came over")
        text = draft(it)
        composer = it.screen.chat.composer
        composer.mend(text.replace("vroeg niemand", "vroeg bijna niemand"))
        await it.press("enter")
        await it.wait_for("was changed")
        assert "as it was: We zijn" in it.text
        await it.press("r")
        await it.settle()
        assert draft(it) == text
        await it.press("enter")
        assert sent(it) == [text]
        assert carried(it) == [[("example-umbra-moved", 1)]]


async def test_changed_words_become_the_agents_own_without_marks_and_name() -> None:
    async with writing() as it:
        await put_in(it, "initech", "Umbra came over")
        it.screen.chat.composer.mend(draft(it).replace("vrijdagmiddag overgestapt van Initech. Op", "dag over. Op"))
        await it.press("enter")
        await it.wait_for("was changed")
        await it.press("d")
        await it.settle()
        assert "“" not in draft(it)
        assert "Okafor" not in draft(it)
        assert "Umbra" not in draft(it)
        assert proof(it) == []
        await it.press("enter")
        assert len(sent(it)) == 1
        assert carried(it) == [[]]


async def test_leaving_the_question_changes_nothing() -> None:
    async with writing() as it:
        await put_in(it, "initech", "Umbra came over")
        changed = draft(it).replace("vroeg niemand", "vroeg bijna niemand")
        it.screen.chat.composer.mend(changed)
        await it.press("enter")
        await it.wait_for("was changed")
        await it.press("escape")
        assert draft(it) == changed
        assert sent(it) == []
        assert it.screen.typing


async def test_a_withdrawn_testimonial_copied_from_elsewhere_meets_the_same_gate() -> None:
    async with writing() as it:
        it.screen.chat.composer.insert(
            "Your audit log is the first one I did not have to explain to my own auditors, they say."
        )
        await it.press("enter")
        await it.wait_for("12 or more words in a row are a testimonial's")
        assert sent(it) == []
        await it.press("f4", "f4")


async def test_the_line_that_has_to_stand_beside_it_is_put_back() -> None:
    async with writing() as it:
        await put_in(it, "twee hele dagen", "two days a month back")
        assert draft(it).endswith("\nNiet iedereen haalt dit resultaat.")
        text = draft(it)
        it.screen.chat.composer.mend(text.removesuffix("\nNiet iedereen haalt dit resultaat."))
        await it.press("enter")
        assert sent(it) == [text]
        assert "Added" in it.last_row


async def test_what_is_held_comes_back_with_its_proof() -> None:
    async with writing() as it:
        await put_in(it, "initech", "Umbra came over")
        kept = proof(it)
        it.desk.hold_answers()
        await it.pilot.press("enter")
        it.desk.customer_says(JANE, "En nog iets.", it.clock())
        it.desk.let_answers()
        await it.wait_for("En nog iets.")
        await it.settle()
        assert proof(it) == kept
