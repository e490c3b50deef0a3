"""What makes a conversation one to look at, beside how long its customer waits: kept for every one that goes on."""

from collections.abc import Iterable
from typing import Final

from agent_tui.core.phone.reasons import MEANING, Told
from agent_tui.desk.store import StoredEvent
from agent_tui.desk.store.casework import RefusedProof
from agent_tui.model.call import CallState, Reason
from agent_tui.model.wall import REFUSED_FOR_MS, FactKind
from agent_tui.protocol.call_records import WireCall
from agent_tui.protocol.records import WireConversation, WireFact

_FAILED: Final = frozenset({Reason.NETWORK, Reason.PROVIDER_ERROR, Reason.LOST, Reason.NUMBER_NOT_IN_USE})


class WallFacts:
    """Hears what is stored; answers with the facts of one conversation."""

    def __init__(self) -> None:
        self._calls: dict[int, WireCall] = {}
        """The newest of each conversation."""
        self._wanted: dict[int, int] = {}
        self._refused: dict[int, RefusedProof] = {}

    def hear(self, event: StoredEvent) -> None:
        """One thing that was stored."""
        number = event.conversation
        if event.call is not None:
            self.call(event.call)
        if event.record is not None:
            if event.record.wants_call:
                self._wanted.setdefault(number, event.at)
            else:
                self._wanted.pop(number, None)

    def call(self, call: WireCall) -> None:
        """A call, as it is now."""
        known = self._calls.get(call.conversation)
        if known is None or (call.requested, call.rev) >= (known.requested, known.rev):
            self._calls[call.conversation] = call

    def refused(self, found: Iterable[RefusedProof]) -> list[int]:
        """Proofs were refused; in which conversations."""
        told = list(found)
        self._refused.update({one.conversation: one for one in told})
        return [one.conversation for one in told]

    def forget(self, number: int) -> None:
        """It is resolved."""
        for kept in (self._calls, self._wanted, self._refused):
            kept.pop(number, None)

    def of(self, record: WireConversation, now: int, signal: WireFact | None = None) -> tuple[WireFact, ...]:
        """The facts of a conversation, the oldest first; `signal` among them, where one is seen."""
        found = [self._flag(record), self._call_wanted(record), self._call_failed(record.id), signal]
        refused = self._refused.get(record.id)
        if refused is not None and now - refused.at < REFUSED_FOR_MS:
            found.append(WireFact(FactKind.PROOF_REFUSED, refused.at, refused.who, refused.what))
        return tuple(sorted((fact for fact in found if fact is not None), key=lambda fact: fact.since))

    @staticmethod
    def _flag(record: WireConversation) -> WireFact | None:
        flag = record.flag
        return None if flag is None else WireFact(FactKind.FLAG, flag.since, flag.by.name, flag.reason)

    def _call_wanted(self, record: WireConversation) -> WireFact | None:
        if not record.wants_call:
            return None
        call = self._calls.get(record.id)
        asked = call.basis.at if call is not None and call.basis is not None else 0
        # after a start nobody heard them ask: the call that waits knows when, and a later line is not when
        return WireFact(FactKind.CALL_WANTED, self._wanted.get(record.id) or asked or record.last_at)

    def _call_failed(self, number: int) -> WireFact | None:
        call = self._calls.get(number)
        if call is None or call.state is not CallState.ENDED or call.reason is None:
            return None
        meaning = MEANING[call.reason]
        if call.reason is Reason.CANCELLED or (meaning.told is not Told.OUR_SIDE and call.reason not in _FAILED):
            return None
        return WireFact(FactKind.CALL_FAILED, call.since, call.agent.name if call.agent else "", meaning.sentence)
