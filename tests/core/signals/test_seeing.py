"""What is seen in a conversation, by the rules that come with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.core.signals.seeing import asked_in, read_signals, said
from agent_tui.model.entry import Entry
from agent_tui.model.ids import OrderKey
from agent_tui.model.people import Author
from agent_tui.model.signal import SignalKind
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import AuthorKind, EntryKind, Stage
from agent_tui.storage.signals.reading import load_rules
from tests.signal_files import spoken

RULES = load_rules()


def seen(*lines: str, stage: Stage = Stage.SUPPORT) -> list[str]:
    return [signal.seen for signal in read_signals(spoken(*lines), stage, RULES).signals]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Could you call me?"], "asked to be called"),
        (["kunt u mij daarover bellen"], "asked to be called"),
        (["Ik ben woedend"], "“woedend”"),
        (["Ik ben niet boos en niet woedend"], None),
        (["that is annoying"], None),
        (["that is annoying", "now I'm upset too"], "“annoying” and “upset”"),
        (["WHY IS IT NOT HERE"], "capitals"),
        (["the HB-300 PRO MAX"], None),
        (
            ["where is my order 7?", "a: Soon.", "So where is my order?", "Where is my order now"],
            "third time the same question",
        ),
        (["router is down", "router is still down", "router is down"], None),
        (["I say it for the third time"], "“third time”"),
        (["My husband passed away"], "“passed away”"),
    ],
)
def test_what_is_seen_is_told_in_the_words_of_the_rules(lines: list[str], told: str | None) -> None:
    assert seen(*lines) == ([told] if told else [])


ORDINARY = (
    "my number is 20871, can you look it up?",
    "Do you have a number I can quote for the return?",
    "I want a call recording feature, is that in the large plan?",
    "We need a callback url for the webhook",
    "Could you give us a ring size chart?",
    "Please call the courier on my behalf",
    "Can you call my neighbour's parcel up too?",
    "My battery died, do you sell spare ones?",
    "I'd like to report your driver, he was so friendly!",
    "this is the second time I order here, great shop",
    "no problem, take your time",
    "Never had a better lamp. I can't wait!",
    "Is there a police discount?",
    "that would be awful nice of you",
    "IMPORTANT: the PDF is attached",
    "mijn nummer is 4411, kunt u dat nakijken?",
    "wat is het nummer van mijn bestelling?",
    "welk nummer moet ik invullen bij klantcode?",
    "heeft u een nummer voor de retour?",
    "ik bel mijn moeder even, momentje",
    "uw collega belde me gisteren na de levering, keurig",
    "Mijn accu is leeg, welke past erin?",
    "niets aan de hand hoor, geen haast",
    "Daar word ik vrolijk van, wat een mooie kleur",
    "ik heb dat al gelezen, dank",
    "Kan ik bij jullie ook bellen testen?",
    "dat is niet slecht zeg!",
    "Ik wil mijn abonnement wijzigen van M naar L.",
)


@pytest.mark.parametrize("line", ORDINARY)
def test_an_ordinary_line_speaks_for_nothing(line: str) -> None:
    assert seen(line, stage=Stage.CLOSING) == []


def test_money_speaks_in_the_closing_stage_only() -> None:
    line = "It comes to €38,500.00 a year, she hesitates"
    assert seen(line, stage=Stage.CLOSING) == ["€38,500 at stake"]
    assert seen(line, stage=Stage.EARLY) == []
    assert seen("It is € 999", stage=Stage.CLOSING) == []
    assert seen("order 38500, size 44", stage=Stage.CLOSING) == []


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("€ 38.500", "€38,500"),
        ("12k lower", "12,000"),
        ("4800,-", "4,800"),
        ("USD 1 200", "$1,200"),
        ("2 000 pounds", "£2,000"),
    ],
)
def test_amounts_are_read_as_people_write_them(written: str, amount: str) -> None:
    assert seen(f"so {written} it is", stage=Stage.CLOSING) == [f"{amount} at stake"]


def test_many_turns_without_progress_are_counted_from_the_last_that_went_well() -> None:
    turns = [line for _ in range(10) for line in ("a: And now?", "still the same error")]
    assert seen(*turns) == ["10 turns, nothing solved yet"]
    assert seen(*turns[:6], "a: And now?", "thanks, that works", *turns[:6]) == []
    assert seen(*["a: Which?", "the green one"] * 12) == []


@pytest.mark.parametrize(
    "line", ["Could you call me?", "kunt u mij bellen", "Bel me even terug.", "can someone ring me today"]
)
def test_who_asks_to_be_called_gives_the_ground_for_it(line: str) -> None:
    assert asked_in(spoken("hello", line, "a: Of course.", "thanks"), RULES) == OrderKey(2)
    assert asked_in(spoken("hello", line, "please don't call me"), RULES) == 0


@pytest.mark.parametrize(
    "line",
    [
        "What's your phone number?",
        "Can I call you?",
        "I'd rather talk it through",
        "Can I speak to a real person?",
        "Kan ik jullie bellen?",
        "Wat is het telefoonnummer van jullie winkel?",
        "Nobody called me back",
        "I'm furious",
        "My sister called me",
    ],
)
def test_who_only_wants_the_phone_gives_no_ground_to_be_called(line: str) -> None:
    assert asked_in(spoken(line), RULES) == 0


def test_what_is_quoted_is_somebody_elses() -> None:
    assert seen('She wrote "I am FURIOUS, CALL ME NOW, IT IS NOT FUNNY" to you') == []
    assert seen("> Ik ben woedend\nWat bedoelen ze daarmee?") == []


def test_whoever_asks_not_to_be_called_is_not_offered_a_call_until_asking_for_one() -> None:
    lines = ["I am furious", "please don't call me"]
    reading = read_signals(spoken(*lines), Stage.SUPPORT, RULES)
    assert (reading.offer, reading.declined) == (False, OrderKey(2))
    assert not read_signals(spoken(*lines, "I'm still furious"), Stage.SUPPORT, RULES, after=OrderKey(2)).offer
    assert read_signals(spoken(*lines, "ok, call me then please"), Stage.SUPPORT, RULES).offer


def test_after_an_answered_offer_only_newer_lines_speak() -> None:
    lines = spoken("can you call me?", "a: Yes.", "great")
    reading = read_signals(lines, Stage.SUPPORT, RULES)
    assert (reading.newest, reading.reason) == (OrderKey(1), "asked to be called")
    assert not read_signals(lines, Stage.SUPPORT, RULES, after=reading.newest).offer


def test_what_was_said_long_ago_is_forgotten() -> None:
    assert seen("can you call me?", *["and in green?"] * 2) == ["asked to be called"]
    assert seen("can you call me?", *[f"and number {number}" for number in range(12)]) == []


def test_only_public_lines_that_stand_are_looked_at() -> None:
    customer = Author(AuthorKind.CUSTOMER, "1", SafeText("Jane"))
    agent = Author(AuthorKind.AGENT, "1", SafeText("Ada"))
    entries = [
        Entry(OrderKey(1), EntryKind.PUBLIC, customer, 0, SafeText("call me"), withdrawn=True),
        Entry(OrderKey(2), EntryKind.NOTE, agent, 0, SafeText("call me")),
        Entry(OrderKey(3), EntryKind.PUBLIC, agent, 0, SafeText("please call me")),
        Entry(OrderKey(4), EntryKind.PUBLIC, customer, 0, SafeText("please call me")),
    ]
    reading = read_signals(said(entries), Stage.SUPPORT, RULES)
    assert [signal.entries for signal in reading.signals] == [(OrderKey(4),)]


@given(st.lists(st.text(max_size=80), max_size=6), st.sampled_from(Stage))
def test_whatever_is_written_the_reason_is_clean_and_rests_on_lines_that_are_there(
    lines: list[str], stage: Stage
) -> None:
    reading = read_signals(spoken(*lines), stage, RULES)
    for signal in reading.signals:
        assert clean(signal.seen, multiline=False) == signal.seen
        assert signal.kind in SignalKind
        assert signal.entries
        assert set(signal.entries) <= {OrderKey(number) for number in range(1, len(lines) + 1)}
