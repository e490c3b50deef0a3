"""What is known of a conversation for proof: what the ranker is told, and what fields are filled with."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from agent_tui.core.library.ranking import Situation
from agent_tui.core.library.wording import day_in
from agent_tui.core.state import State
from agent_tui.model.conversation import Conversation
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
        language=language_of(record),
        page=f"{customer.page_title} {customer.page_url}".strip() if customer else "",
        said=said_last(state, ref),
        uses=library.stage_uses(stage),
        stage_average=library.average(stage),
        policy=library.policy,
    )


def language_of(record: Conversation | None) -> str:
    """The two letters of the customer's language; empty where it is not known."""
    return record.customer.language[:2].lower() if record else ""


def field_values(state: State, ref: ConversationRef, today: date, language: str) -> Mapping[str, str]:
    """What is known for the fields of `core.library.filling`; what isn't is left out, and stops the send."""
    record = state.conversations.get(ref)
    values: dict[str, str] = {"today": day_in(today, language)}
    if state.me is not None:
        values |= {"agent.name": state.me.name, "team.name": state.me.desk}
    if record is not None:
        name = record.customer.name.strip()
        values |= {"customer.name": name, "customer.first_name": name.split(" ")[0]}
        values["page.title"] = record.customer.page_title
    return {field: value for field, value in values.items() if value}


def said_last(state: State, ref: ConversationRef) -> str:
    """The customer's last lines, the newest at the end."""
    transcript = state.transcripts.get(ref)
    lines: list[str] = []
    for entry in reversed(transcript.entries if transcript else []):
        if entry.kind is EntryKind.PUBLIC and entry.author.kind is AuthorKind.CUSTOMER and not entry.withdrawn:
            lines.append(entry.body)
            if len(lines) == LAST_LINES:
                break
    return "\n".join(reversed(lines))[-_LONGEST:]
