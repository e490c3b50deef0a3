"""Proof in messages: the gate once more, where no console can go round it, and what is kept of uses and refusals."""

import re
from typing import Final

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, conversation_of
from agent_tui.desk.service.texts import checked_key
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.proof import RefusalRow, add_refusals
from agent_tui.protocol.commands import Done, ProofStopped
from agent_tui.protocol.errors import Code, Refusal

_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID: Final = 80
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_RULE: Final = re.compile(r"[a-z][a-z ]{0,39}")
_LARGEST_REVISION: Final = 2**31


def stopped(tx: Transaction, moment: Moment, actor: Actor, command: ProofStopped) -> Done:
    """A console's gate stopped a message: keep it, once. It may come days later, but is never from the future."""
    row = conversation_of(tx, command.conversation)
    checked_proof(command.snippet, command.revision, command.language)
    if not _RULE.fullmatch(command.rule):
        raise Refusal(Code.BAD_VALUE, "A rule is a few small letters.")
    at = min(max(command.at, 0), moment.now)
    add_refusals(
        tx,
        [
            RefusalRow(
                conversation=row.id,
                at=at,
                agent=actor.id,
                stage=row.stage,
                snippet=command.snippet,
                revision=command.revision,
                language=command.language,
                rule=command.rule,
                report=checked_key(command.report),
            )
        ],
    )
    return Done(row.id)


def checked_proof(snippet: str, revision: int, language: str) -> None:
    """What names a snippet looks like one. Raises `Refusal`."""
    if len(snippet) > _LONGEST_ID or not _ID.fullmatch(snippet):
        raise Refusal(Code.BAD_VALUE, f"A snippet's id is small letters, digits and dashes, at most {_LONGEST_ID}.")
    if not 1 <= revision < _LARGEST_REVISION:
        raise Refusal(Code.BAD_VALUE, "A snippet's revision is a whole number from 1 on.")
    if not _LANGUAGE.fullmatch(language):
        raise Refusal(Code.BAD_VALUE, "A snippet's language is two small letters.")
