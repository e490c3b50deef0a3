"""What stands behind a number: what it means, and the conversations in it; and those picked for coaching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from agent_tui.core import select
from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.model.conversation import Conversation
from agent_tui.model.figures import Figure
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText
from agent_tui.ports.errors import PortError
from agent_tui.ui import words
from agent_tui.ui.chat_words import folded, plain
from agent_tui.ui.monitor.stages import DEFINITIONS as OF_STAGES
from agent_tui.ui.monitor.team import TEAM, OfAgent
from agent_tui.ui.monitor.views import View
from agent_tui.ui.screens.finder import Finder, Row
from agent_tui.ui.screens.help import Help
from agent_tui.ui.widgets.lines import NOTHING, Line

if TYPE_CHECKING:
    from agent_tui.ui.monitor.screen import MonitorScreen

_DEFINITION_CELLS: Final = 88
_NONE_RESOLVED: Final = "No conversation was resolved in the last 30 days: there is none to pick by chance."


def definition(screen: MonitorScreen) -> None:
    """What the number under the cursor means."""
    chosen = screen.board.chosen
    if screen.view is View.STAGES:
        texts = [("Stages and channels", text) for text in OF_STAGES]
    elif screen.view is View.BOARD and isinstance(chosen, Figure):
        texts = [(DEFINITIONS[chosen].title, DEFINITIONS[chosen].text)]
    elif screen.view is View.BOARD and isinstance(chosen, OfAgent):
        texts = [("The team", TEAM)]
    else:
        screen.say("Definitions belong to numbers: 2 shows the board, 3 stages and channels.")
        return
    width = min(_DEFINITION_CELLS, screen.size.width - 8)
    rows = [Line(plain(texts[0][0], "bold"), plain("Esc", "$muted"))]
    for _, text in texts:
        rows += [Line(NOTHING), *(Line(plain(part)) for part in folded(text, width))]
    screen.app.push_screen(Help(rows))


_BEHIND: Final = {Figure.SERVICE_LEVEL: f"not {DEFINITIONS[Figure.SERVICE_LEVEL].title}, or not before they left"}
"""What stands behind a figure where that is not those it counts."""


def behind(screen: MonitorScreen) -> None:
    """The conversations behind the number, or the agent, under the cursor."""
    chosen = screen.board.chosen
    if isinstance(chosen, OfAgent):
        held = [tile.conversation for tile in screen.live_state.tiles.values()]
        theirs = [record for record in held if record.owner is not None and record.owner.id == chosen.id]
        agent = screen.live_state.known.agents.get(chosen.id)
        name = agent.name if agent else "This agent"
        if theirs:
            _choose(screen, SafeText(f"{name} has"), theirs, screen.open)
        else:
            screen.say(f"{name} has no conversation that is open.")
    elif isinstance(chosen, Figure) and screen.monitor is not None:
        screen.run_worker(_read_behind(screen, chosen), group="behind", exclusive=True, exit_on_error=False)


async def _read_behind(screen: MonitorScreen, figure: Figure) -> None:
    assert screen.monitor is not None
    try:
        page = await screen.monitor.behind(figure)
    except PortError as error:
        screen.say(str(error), "bold $warning")
        return
    if not page.conversations:
        screen.say(f"{DEFINITIONS[figure].title}: there is no conversation behind it.")
        return
    title = SafeText(_BEHIND.get(figure, DEFINITIONS[figure].title) + (": the newest of them" if page.next else ""))
    _choose(screen, title, page.conversations, screen.open)


def coaching(screen: MonitorScreen) -> None:
    """Resolved conversations picked by chance, to replay one."""
    if screen.monitor is None:
        screen.say("Not connected yet.")
        return
    screen.run_worker(_read_sample(screen), group="behind", exclusive=True, exit_on_error=False)


async def _read_sample(screen: MonitorScreen) -> None:
    assert screen.monitor is not None
    try:
        found = await screen.monitor.sample()
    except PortError as error:
        screen.say(str(error), "bold $warning")
        return
    if not found:
        screen.say(_NONE_RESOLVED)
        return
    _choose(screen, SafeText("Resolved, picked by chance: which one to replay?"), found, screen.replaying.begin)


def _choose(
    screen: MonitorScreen,
    title: SafeText,
    records: Sequence[Conversation],
    then: Callable[[ConversationRef], None],
) -> None:
    def find(text: str) -> Sequence[Row[ConversationRef]]:
        wanted = text.casefold().split()
        return [_row(record) for record in records if all(word in _haystack(record) for word in wanted)]

    def chosen(ref: ConversationRef | None) -> None:
        if ref is not None:
            then(ref)

    finder: Finder[ConversationRef] = Finder(words.text(title, "bold"), find, "a name, a number, an agent, a stage")
    screen.app.push_screen(finder, chosen)


def _haystack(record: Conversation) -> str:
    owner = record.owner.name if record.owner else ""
    return f"{select.name_of(record)} {record.label} {owner} {record.stage} {record.outcome}".casefold()


def _row(record: Conversation) -> Row[ConversationRef]:
    said = words.joined(
        words.text(SafeText(f"{record.label:<6} {select.name_of(record)}"), "bold"),
        plain("  "),
        words.text(SafeText(record.last_preview.replace("\n", " ")), "$muted"),
    )
    owner = f"{record.owner.name} · " if record.owner else ""
    about = words.text(SafeText(f"{owner}{select.stage_words(record)} · {record.state.value}"), "$muted")
    return Row(said, about, record.ref)
