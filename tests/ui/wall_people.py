"""A full wall: thirty people in English and Dutch, in all stages, some in trouble."""

from collections.abc import Callable
from typing import NamedTuple

from agent_tui.model.text import clean
from agent_tui.model.wall import Fact, FactKind
from agent_tui.model.words import Stage
from tests.account_of import Clock
from tests.scripted_wall import ScriptedOverseeing
from tests.ui.monitor_of import a_watched_desk
from tests.ui.people import MINUTE, SECOND


class Talk(NamedTuple):
    """One of them: who, whose, where in the lifecycle, and what was said, the customer first."""

    name: str
    owner: str
    stage: Stage
    waits_s: int
    said: tuple[str, ...]


TALKS = (
    Talk(
        "Fatima el Amrani",
        "Ruben",
        Stage.CLOSING,
        12,
        ("Kan de offerte vandaag nog?", "Zeker, ik maak hem nu.", "Top!"),
    ),
    Talk(
        "Lucas",
        "Noor",
        Stage.SUPPORT,
        0,
        ("The invoice has the old address.", "Corrected, look again?", "Great, thanks"),
    ),
    Talk("Mei 美 Chen", "Ada", Stage.MID, 30, ("Does it run on our own server?",)),
    Talk("Bram Kuipers", "Ruben", Stage.EARLY, 0, ("Wat kost het per stoel?", "Dat hangt van het aantal af: hoeveel?")),
    Talk("", "", Stage.AWARENESS, 4, ("hello?",)),
    Talk("Aylin", "Noor", Stage.INTEREST, 0, ("Ist das auch auf Deutsch?", "Not yet: English and Dutch.", "Schade.")),
    Talk("Sander de Wit", "Ada", Stage.SUPPORT, 0, ("Mijn wachtwoord werkt niet.", "Ik stuur een link.", "Gelukt!")),
    Talk(
        "Grace",
        "Zoë",
        Stage.MID,
        0,
        ("How long is the contract?", "A month at a time.", "That is all I needed to know"),
    ),
    Talk("Youssef", "Ruben", Stage.CLOSING, 0, ("Akkoord, stuur maar op.", "Doe ik. Fijn dat u er bent!")),
    Talk(
        "Hannah Vos", "Noor", Stage.SUPPORT, 22, ("De export is leeg.", "Welke maand?", "November, en ook oktober al.")
    ),
    Talk("Peter", "Ada", Stage.EARLY, 0, ("Can I import from a spreadsheet?", "Yes: csv, with a preview.")),
    Talk("Noor B.", "Zoë", Stage.INTEREST, 0, ("Zijn er ook vaste telefoontijden?", "Ja, van negen tot vijf.")),
    Talk(
        "Diego", "Ruben", Stage.SUPPORT, 0, ("It says 'not allowed'.", "You are signed in as a guest: sign out first.")
    ),
    Talk("Eva Smit", "Ada", Stage.AWARENESS, 0, ("Wie zijn jullie eigenlijk?", "Een klein team uit Utrecht.")),
    Talk("Tobias", "Noor", Stage.MID, 15, ("Do you have a reference in logistics?",)),
    Talk("Ilse", "Zoë", Stage.SUPPORT, 0, ("Kan dit ook op mijn telefoon?", "Ja, dezelfde pagina.", "Fijn")),
    Talk("Marek", "Ruben", Stage.EARLY, 0, ("Is there a trial?", "30 days, no card needed.", "ok")),
    Talk("Sara", "Ada", Stage.CLOSING, 0, ("We nemen hem.", "Mooi! Ik zet het klaar.")),
)


def a_full_wall(clock: Callable[[], int] | None = None) -> ScriptedOverseeing:
    """The watched desk, and eighteen conversations more."""
    clock = clock or Clock()
    assert isinstance(clock, Clock)
    wall = a_watched_desk(clock)
    desk, now = wall.desk, clock()
    for number, talk in enumerate(TALKS, start=20):
        ref = desk.conversation(
            number, talk.name, talk.owner, stage=talk.stage, stage_set=number % 2 == 0, created_ms=now - 40 * MINUTE
        )
        last = len(talk.said) - 1
        for place, words in enumerate(talk.said):
            at_ms = now - (talk.waits_s or number) * SECOND - (last - place) * MINUTE
            if place % 2:
                desk.agent_says(ref, talk.owner, words, at_ms=at_ms)
            else:
                desk.customer_says(ref, words, at_ms)
        if not talk.waits_s:
            desk.change(ref, waiting_since_ms=None)
        elif talk.owner:
            desk.change(ref, waiting_since_ms=now - talk.waits_s * SECOND)
    hannah = next(ref for ref, record in desk.conversations.items() if record.customer.name == "Hannah Vos")
    wall.facts[hannah] = (Fact(FactKind.CALL_FAILED, now - 3 * MINUTE, what=clean("no answer")),)
    return wall
