"""Proof in messages: the gate once more, where no console can go round it, and what is kept of uses and refusals."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from agent_tui.core.library.gate import Finding, Inserted, Passage, Used, pass_gate
from agent_tui.core.library.quotations import Quotations
from agent_tui.core.library.wording import day_in
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, conversation_of
from agent_tui.desk.service.texts import checked_key
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.proof import RefusalRow, UseRow, add_refusals, all_withdrawn
from agent_tui.desk.store.rows import ConversationRow
from agent_tui.model.gate import Policy, Verdict
from agent_tui.model.snippet import AnySnippet, Testimonial, without_consent
from agent_tui.model.words import Outcome
from agent_tui.protocol.commands import Done, ProofStopped, Send
from agent_tui.protocol.errors import Code, ErrorAnswer, Refusal
from agent_tui.protocol.library import MOST_PROOF

_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID: Final = 80
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_RULE: Final = re.compile(r"[a-z][a-z ]{0,39}")
_LARGEST_REVISION: Final = 2**31
_ANY_LANGUAGE: Final = "en"


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


class Weighed(Struct, frozen=True):
    """What the gate says of a message: refused, or what is to be kept with it once it is stored."""

    refused: ErrorAnswer | None = None
    uses: tuple[UseRow, ...] = ()


def weigh(tx: Transaction, moment: Moment, actor: Actor, row: ConversationRow, command: Send, body: str) -> Weighed:
    """Ask the gate. A refusal is kept here and now: the caller answers with it, and writes nothing else.

    Consent is looked up in this transaction: once a withdrawal was answered, nothing that comes after it slips through.
    """
    gate = moment.gate()
    proof = {each.snippet: each for each in command.proof}
    withdrawn = _Withdrawn(tx)
    today = date.fromtimestamp(moment.now / 1000)
    visitor = tx.visitor(row.visitor)
    language = (visitor.language[:2].lower() if visitor else "") or _ANY_LANGUAGE
    known = {name: gate.kept[name].snippet for name in proof if name in gate.kept} if gate else {}
    inserted = [Inserted(withdrawn.applied(each), proof[name].language) for name, each in known.items()]
    quotations, policy = (gate.known, gate.policy) if gate else (Quotations(), Policy())
    passage = pass_gate(body, inserted, quotations, policy, today, language, withdrawn.applied_to_heard)
    findings = [
        *passage.findings,
        *(_withdrawn_elsewhere(name, day) for name, day in withdrawn.among(proof.keys() - known.keys()).items()),
        *_undisclosed(passage),
    ]
    refusing = [found for found in findings if found.verdict is Verdict.REFUSE]
    used = {each.snippet.id: each for each in passage.used}
    if refusing:
        add_refusals(tx, _refusals(moment, actor, row, command, refusing, used))
        first = refusing[0]
        return Weighed(ErrorAnswer(Code.PROOF_REFUSED, first.sentence, snippet=first.snippet, rule=first.rule))
    warned: dict[str, list[str]] = {}
    for found in findings:
        warned.setdefault(found.snippet, []).append(found.rule)
    # what the desk has no record of is another layer's: its console has asked the gate, here it is counted
    elsewhere = proof.keys() - known.keys()
    named = {
        **{name: (each.snippet.revision, each.language) for name, each in used.items()},
        **{name: (each.revision, each.language) for name, each in proof.items() if name in used or name in elsewhere},
    }
    return Weighed(
        uses=tuple(
            UseRow(
                conversation=row.id,
                at=moment.now,
                agent=actor.id,
                stage=row.stage,
                snippet=name,
                revision=revision,
                language=spoken,
                warned=", ".join(warned.get(name, ())),
                recognised=name not in proof,
                bought_before=row.outcome == Outcome.BOUGHT.value,
            )
            for name, (revision, spoken) in named.items()
        )
    )


class _Withdrawn:
    """What was withdrawn, asked for at most once in an operation, and only where there is a testimonial."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._days: dict[str, date] | None = None

    def among(self, names: Collection[str]) -> dict[str, date]:
        """Those of these."""
        if names and self._days is None:
            self._days = all_withdrawn(self._tx)
        return {name: self._days[name] for name in names if self._days and name in self._days}

    def applied(self, snippet: AnySnippet) -> AnySnippet:
        """The snippet as it is now."""
        day = self.among([snippet.id]).get(snippet.id) if isinstance(snippet, Testimonial) else None
        return snippet if day is None else without_consent(snippet, day)

    def applied_to_heard(self, testimonial: Testimonial) -> Testimonial:
        """The same, of one that was recognised."""
        now = self.applied(testimonial)
        assert isinstance(now, Testimonial)
        return now


def _withdrawn_elsewhere(name: str, day: date) -> Finding:
    sentence = f"`{name}` can't be sent: consent was withdrawn on {day_in(day, 'en')}. Take it out."
    return Finding("withdrawn", Verdict.REFUSE, sentence, name)


def _undisclosed(passage: Passage) -> Iterator[Finding]:
    """Consoles add the lines by themselves; a program of somebody's own has to do it, too."""
    for line in passage.added:
        sentence = f"The line “{line}” has to stand beside a testimonial in this message: add it."
        yield Finding("disclosure", Verdict.REFUSE, sentence, passage.used[0].snippet.id if passage.used else "")


def _refusals(
    moment: Moment,
    actor: Actor,
    row: ConversationRow,
    command: Send,
    refusing: Iterable[Finding],
    used: Mapping[str, Used],
) -> list[RefusalRow]:
    proof = {each.snippet: each for each in command.proof}
    rows = []
    for found in refusing:
        if not found.snippet:
            continue
        mine, there = proof.get(found.snippet), used.get(found.snippet)
        rows.append(
            RefusalRow(
                conversation=row.id,
                at=moment.now,
                agent=actor.id,
                stage=row.stage,
                snippet=found.snippet,
                revision=mine.revision if mine else there.snippet.revision if there else 1,
                language=mine.language if mine else there.language if there else _ANY_LANGUAGE,
                rule=found.rule,
                report=command.cid,
            )
        )
    return rows


def checked(command: Send) -> None:
    """What a send says of its proof has the right form. Raises `Refusal`."""
    if len(command.proof) > MOST_PROOF:
        raise Refusal(Code.BAD_VALUE, f"A message holds at most {MOST_PROOF} snippets.")
    for each in command.proof:
        checked_proof(each.snippet, each.revision, each.language)


def checked_id(snippet: str) -> str:
    """An id that can be one. Raises `Refusal`."""
    if len(snippet) > _LONGEST_ID or not _ID.fullmatch(snippet):
        raise Refusal(Code.BAD_VALUE, f"A snippet's id is small letters, digits and dashes, at most {_LONGEST_ID}.")
    return snippet


def checked_proof(snippet: str, revision: int, language: str) -> None:
    """What names a snippet looks like one. Raises `Refusal`."""
    checked_id(snippet)
    if not 1 <= revision < _LARGEST_REVISION:
        raise Refusal(Code.BAD_VALUE, "A snippet's revision is a whole number from 1 on.")
    if not _LANGUAGE.fullmatch(language):
        raise Refusal(Code.BAD_VALUE, "A snippet's language is two small letters.")
