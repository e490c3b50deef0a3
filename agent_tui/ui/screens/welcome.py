"""The first screen: try the demo, join a team, or start a desk of one's own. The choice is kept by whoever opens it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from agent_tui.ui.chat_words import folded, plain
from agent_tui.ui.options import Doors, Opened, OwnNames
from agent_tui.ui.screens.asking import AskText
from agent_tui.ui.screens.question import Answer, Question
from agent_tui.ui.widgets.lines import NOTHING, Line

if TYPE_CHECKING:
    from agent_tui.ui.app import ConsoleApp

_FOLDED_AT = 58
_HOW = "a key, or ↑ ↓ and Enter; a team or a desk is kept"
_AGENT_NAME = "Your name, as customers read it"
_DESK_NAME = "The desk's name, above their chat"
_INVITE = "Paste the invite you were given, then Enter"


class Welcome(Question[str]):
    """Dismissed with the door's name, or None to leave. `problem`: why the last try did not work."""

    GUARDED = False

    def __init__(self, problem: str = "") -> None:
        answers = [
            Answer("d", plain("Try the demo", "bold"), "demo", plain("customers who write by themselves", "$muted")),
            Answer("j", plain("Join a team", "bold"), "join", plain("paste the invite", "$muted")),
            Answer("o", plain("A desk of your own", "bold"), "own", plain("on this machine, yours alone", "$muted")),
        ]
        super().__init__(plain("agent-tui: answer live chats from the terminal", "bold $accent"), answers)
        self._problem = problem

    @property
    def more_rows(self) -> int:
        """The problem, below the doors."""
        return 1 + len(folded(self._problem, _FOLDED_AT)) if self._problem else 0

    def _lines(self, width: int) -> list[Line]:
        rows = super()._lines(width)
        rows[-1] = Line(plain(_HOW, "$muted"), plain("Esc leaves", "$muted"))
        if self._problem:
            rows.append(Line(NOTHING))
            rows += [Line(plain(part, "bold $warning")) for part in folded(self._problem, min(_FOLDED_AT, width))]
        return rows


def ask_for_a_door(app: ConsoleApp, doors: Doors, problem: str = "") -> None:
    """Show the first screen until a door opens or it is left."""

    def failed(sentence: str) -> None:
        app.main.opening("Not connected.")
        ask_for_a_door(app, doors, sentence)

    def go(opening: Callable[[], Awaitable[Opened]], says: str) -> None:
        app.main.opening(says)
        app.open(opening, failed)

    def join(invite: str | None) -> None:
        if invite:
            go(lambda: doors.join(invite), "Joining …")
        else:
            ask_for_a_door(app, doors)

    def own(names: OwnNames) -> None:
        go(lambda: doors.own(names), "Starting your own desk on this machine …")

    def ask_own_names() -> None:
        usual = doors.own_names()
        if usual is None:
            own(OwnNames())
            return

        def ask_desk(agent: str | None) -> None:
            if agent is None:
                ask_for_a_door(app, doors)
                return

            def named(desk: str | None) -> None:
                if desk is None:
                    ask_for_a_door(app, doors)
                else:
                    own(OwnNames(agent or usual.agent, desk or usual.desk))

            app.push_screen(AskText(plain(_DESK_NAME, "bold"), usual.desk), named)

        app.push_screen(AskText(plain(_AGENT_NAME, "bold"), usual.agent), ask_desk)

    def answer(door: str | None) -> None:
        if door is None:
            app.exit(0)
        elif door == "join":
            app.push_screen(AskText(plain(_INVITE, "bold"), ""), join)
        elif door == "demo":
            go(doors.demo, "Starting the demo: a desk with customers who write by themselves …")
        else:
            ask_own_names()

    app.push_screen(Welcome(problem), answer)
