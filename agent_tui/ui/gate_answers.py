"""What the gate for proof said of a message, put to its author: the cursor there, a choice, or a second Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agent_tui.core.library.gate import Choice, Finding
from agent_tui.core.library.mending import mended
from agent_tui.model.gate import Verdict
from agent_tui.model.ids import ConversationRef
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.question import Answer, Question

if TYPE_CHECKING:
    from agent_tui.model.snippet import AnySnippet
    from agent_tui.runtime.account import Account, Posted
    from agent_tui.ui.chat_pane import ChatPane
    from agent_tui.ui.widgets.composer_messages import Submitted

_CHOICES: Final = {
    Choice.RESTORE: ("r", "restore it as the library has it", "Restored: look at it, Enter sends."),
    Choice.DROP: ("d", "drop the marks and the name: your own words", "These are your own words now: Enter sends."),
}
AGAIN: Final = "Enter again sends it all the same."


class GateAnswers:
    """Remembers what was warned of, so that the same text may go with a second Enter."""

    def __init__(self, pane: ChatPane) -> None:
        self._pane = pane
        self._warned: dict[ConversationRef, str] = {}

    def was_warned(self, message: Submitted) -> bool:
        """This very text was warned of, and its author presses Enter again."""
        return self._warned.pop(message.ref, None) == message.text

    def stopped(self, account: Account, message: Submitted, posted: Posted) -> None:
        """It was not sent: say why, and help."""
        if posted.warning:
            self._warned[message.ref] = message.text
            self._pane.composer.refused(message.ref, f"{posted.refusal} {AGAIN}")
            return
        self._pane.composer.refused(message.ref, posted.refusal)
        finding = next((each for each in posted.findings if each.verdict is Verdict.REFUSE), None)
        if finding is None or message.ref != self._pane.shown:
            return
        snippet = _snippet_now(account, finding.snippet)
        if finding.choices and snippet is not None:
            self._ask(message, finding, snippet)
        elif finding.end:
            self._pane.composer.point_at(finding.start, finding.end)

    def _ask(self, message: Submitted, finding: Finding, snippet: AnySnippet) -> None:
        composer = self._pane.composer
        language = next(
            (each.language for each in message.proof if each.snippet == snippet.id), snippet.texts[0].language
        )

        def chosen(choice: Choice | None) -> None:
            if choice is None or composer.ref != message.ref:
                return
            text = mended(message.text, finding, choice, snippet, language)
            composer.mend(text, without=snippet.id if choice is Choice.DROP else "")
            composer.say(_CHOICES[choice][2])

        answers = [Answer(_CHOICES[choice][0], plain(_CHOICES[choice][1]), choice) for choice in finding.choices]
        title = plain(f"“{snippet.title}” was changed", "bold")
        question = Question(title, answers, know=_said_by(snippet, language), leave="change it yourself")
        self._pane.app.push_screen(question, chosen)


def _said_by(snippet: AnySnippet, language: str) -> str:
    return f"as it was: {snippet.text_in(language).text}"


def _snippet_now(account: Account, identifier: str) -> AnySnippet | None:
    """The snippet of the shelf, as it is at this moment."""
    shelf = account.library.shelf if account.library else None
    kept = shelf.library.kept.get(identifier) if shelf else None
    now = account.state.library.now_of(kept) if kept else None
    return now.snippet if now else None
