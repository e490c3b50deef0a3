"""What the ranker is told of a conversation: from the state, as it is at this moment."""

from datetime import date
from typing import Final

from agent_tui.core.library.ranking import Situation
from agent_tui.core.state import State
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import AuthorKind, EntryKind

LAST_LINES: Final = 3
"""So many of the customer's last lines say what this is about now."""
_LONGEST: Final = 1_000


def situation_of(state: State, ref: ConversationRef, today: date) -> Situation:
    """Stage, language, page, what the customer wrote last, and what proof did in this stage."""
    record, library = state.conversations.get(ref), state.library
    stage = record.stage if record else None
    customer = record.customer if record else None
    return Situation(
        today=today,
        stage=stage,
        language=customer.language[:2].lower() if customer else "",
        page=f"{customer.page_title} {customer.page_url}".strip() if customer else "",
        said=_said(state, ref),
        uses=library.stage_uses(stage),
        stage_average=library.average(stage),
        policy=library.policy,
    )


def _said(state: State, ref: ConversationRef) -> str:
    transcript = state.transcripts.get(ref)
    lines: list[str] = []
    for entry in reversed(transcript.entries if transcript else []):
        if entry.kind is EntryKind.PUBLIC and entry.author.kind is AuthorKind.CUSTOMER and not entry.withdrawn:
            lines.append(entry.body)
            if len(lines) == LAST_LINES:
                break
    return "\n".join(reversed(lines))[-_LONGEST:]
