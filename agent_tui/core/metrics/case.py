"""What the figures need of one conversation. Put together from facts that may come twice and in any order."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from agent_tui.model.words import Outcome, Stage


class Record(Struct, frozen=True):
    """A conversation's record as far as figures go; the one with the higher `revision` is newer."""

    revision: int
    began_ms: int
    """When its customer wrote the first line."""
    stage: Stage
    stage_set: bool
    outcome: Outcome
    channel: str
    ended: bool
    owner: str = ""
    """An agent's id."""


class AgentWrote(Struct, frozen=True):
    """A public line of an agent."""

    at_ms: int
    agent: str


class Said(Struct, frozen=True):
    """The customer's answer at the end; a later one (`seq`) counts."""

    seq: int
    answer: str


class Call(Struct, frozen=True):
    """A call, as far as it got: the one that got farther is newer."""

    id: str
    offered: bool = False
    made: bool = False
    reached: bool = False
    asked: bool = False
    """On the customer's own request: that stays true of it when nobody has to call any more."""


class Proof(Struct, frozen=True):
    """A testimonial or source was sent (`used`), or was not let through."""

    id: str
    used: bool


Fact = Record | AgentWrote | Said | Call | Proof


class Case(Struct, frozen=True):
    """One conversation."""

    record: Record | None = None
    answered_ms: int | None = None
    """An agent's first line."""
    answered_by: str = ""
    said: Said | None = None
    calls: frozenset[Call] = frozenset()
    proof: frozenset[Proof] = frozenset()

    @property
    def ended(self) -> bool:
        """It is resolved."""
        return self.record is not None and self.record.ended

    @property
    def began_ms(self) -> int | None:
        """When its customer wrote the first line; None while only other things are known of it."""
        return self.record.began_ms if self.record else None


def with_fact(case: Case, fact: Fact) -> Case:
    """The case with one more fact."""
    replace = msgspec.structs.replace
    match fact:
        case Record():
            known = case.record
            return replace(case, record=fact) if known is None or _order(fact) > _order(known) else case
        case AgentWrote():
            first = case.answered_ms is None or (fact.at_ms, fact.agent) < (case.answered_ms, case.answered_by)
            return replace(case, answered_ms=fact.at_ms, answered_by=fact.agent) if first else case
        case Said():
            later = case.said is None or (fact.seq, fact.answer) > (case.said.seq, case.said.answer)
            return replace(case, said=fact) if later else case
        case Call():
            known_call = next((call for call in case.calls if call.id == fact.id), fact)
            merged = Call(
                fact.id,
                fact.offered or known_call.offered,
                fact.made or known_call.made,
                fact.reached or known_call.reached,
                fact.asked or known_call.asked,
            )
            return replace(case, calls=case.calls - {known_call} | {merged})
        case Proof():
            return replace(case, proof=case.proof | {fact})


def case_of(facts: Iterable[Fact]) -> Case:
    """A case from all there is."""
    case = Case()
    for fact in facts:
        case = with_fact(case, fact)
    return case


def _order(record: Record) -> tuple[int, bytes]:
    """Two records of one revision don't differ; where they do all the same, every reader takes the same one."""
    return record.revision, msgspec.json.encode(record)
