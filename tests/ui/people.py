"""A busy desk for screens: the people of the sketch, in all six stages, in English and Dutch."""

from collections.abc import Callable

from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import Customer
from agent_tui.model.text import clean
from agent_tui.model.words import Availability, EntryKind, HowKnown, Outcome, Role, Stage, State
from tests.scripted_backend import ScriptedDesk

SECOND = 1_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

JANE, PIET, OMAR = ConversationRef("1"), ConversationRef("2"), ConversationRef("3")
ANA, TOM, LEA = ConversationRef("4"), ConversationRef("5"), ConversationRef("6")
MEI, DONE, RUBENS = ConversationRef("7"), ConversationRef("8"), ConversationRef("9")


def a_busy_desk(clock: Callable[[], int]) -> ScriptedDesk:
    """Three wait, three are mine, one is snoozed, one is a colleague's, one is resolved."""
    now = clock()
    desk = ScriptedDesk(clock)
    desk.agent("Ruben")
    desk.agent("Noor", availability=Availability.BREAK)
    desk.agent("Zoë", Role.ADMIN, Availability.AWAY)
    desk.agent("Sam", Role.SUPERVISOR)

    jane = Customer(
        "v1",
        clean("Jane de Vries"),
        HowKnown.TYPED,
        phone=clean("+31 6 1234 5678"),
        contact_known=HowKnown.TYPED,
        language=clean("nl"),
        time_zone=clean("Europe/Amsterdam"),
        page_title=clean("Pricing"),
        page_url=clean("https://acme.example/pricing"),
        visits=3,
        earlier=2,
        present=True,
    )
    desk.conversation(1, owner="Ada", who=jane, stage=Stage.CLOSING, stage_set=True, created_ms=now - 9 * MINUTE)
    desk.customer_says(JANE, "Goedemiddag, ik twijfel nog over het jaarcontract.", now - 9 * MINUTE)
    desk.system_says(JANE, "claimed", "Ada")
    desk.agent_says(JANE, "Ada", "Goedemiddag Jane, waar zit de twijfel?", at_ms=now - 8 * MINUTE)
    desk.customer_says(JANE, "Is there anyone who came over from Initech?", now - 4 * MINUTE)
    desk.agent_says(JANE, "Ada", "Yes, two this spring. One moment.", at_ms=now - 3 * MINUTE)
    desk.agent_says(JANE, "Ruben", "Umbra said yes to a quote with their name.", EntryKind.NOTE, now - 2 * MINUTE)
    desk.customer_says(JANE, "Could I see what they say?", now - 42 * SECOND)

    desk.conversation(2, "Piet Bakker", "Ada", stage=Stage.MID, stage_set=True, created_ms=now - 30 * MINUTE)
    desk.customer_says(PIET, "Kunt u mij terugbellen?", now - 29 * MINUTE)
    desk.agent_says(PIET, "Ada", "Zeker. Op welk nummer?", at_ms=now - 28 * MINUTE)

    desk.conversation(
        3, "Omar", "Ada", stage=Stage.SUPPORT, stage_set=True, wants_call=True, created_ms=now - 20 * MINUTE
    )
    desk.customer_says(OMAR, "Mijn bestelling is nog steeds niet binnen!!", now - 250 * SECOND)

    desk.conversation(4, "Ana", stage=Stage.AWARENESS, created_ms=now - 125 * SECOND)
    desk.customer_says(ANA, "Hi, what is it that you do exactly?", now - 125 * SECOND)
    desk.conversation(5, "Tom", stage=Stage.SUPPORT, stage_set=True, created_ms=now - 70 * SECOND, came_back=True)
    desk.customer_says(TOM, "The export is empty again.", now - 70 * SECOND)
    desk.conversation(6, "", stage=Stage.INTEREST, created_ms=now - 12 * SECOND)
    desk.customer_says(LEA, "Hebben jullie ook een proefperiode?", now - 12 * SECOND)

    desk.conversation(7, "Mei 美 Chen", "Ada", stage=Stage.EARLY, state=State.SNOOZED, created_ms=now - DAY)
    desk.change(MEI, snoozed_until_ms=now + DAY)
    desk.conversation(
        8, "Karel", "Ada", stage=Stage.SUPPORT, state=State.RESOLVED, outcome=Outcome.SOLVED, created_ms=now - DAY
    )
    desk.conversation(9, "Sofie", "Ruben", stage=Stage.EARLY, stage_set=True, created_ms=now - 40 * MINUTE)
    desk.customer_says(RUBENS, "Ik kom er zo op terug.", now - 39 * MINUTE)
    desk.agent_says(RUBENS, "Ruben", "Prima!", at_ms=now - 38 * MINUTE)
    return desk
