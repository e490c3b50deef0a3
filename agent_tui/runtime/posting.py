"""Enter: gate, outbox on disk, echo in the state, in this order, before a byte leaves."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from agent_tui.core.sendgate import Attempt, refusal
from agent_tui.model.ids import NO_CID, ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.proof import Proof
from agent_tui.model.words import EntryKind, State
from agent_tui.runtime.engine import Engine
from agent_tui.runtime.keeping import Keeping
from agent_tui.runtime.sender import Sender
from agent_tui.runtime.team_library import TeamLibrary
from agent_tui.runtime.weighing import Weighing
from agent_tui.storage.account_file import NotWritable

if TYPE_CHECKING:
    from agent_tui.core.library.gate import Finding


class Posted(Struct, frozen=True):
    """Where a message went when Enter was pressed: into the outbox as `cid`, or nowhere, and `refusal` says why."""

    cid: ClientId = NO_CID
    refusal: str = ""
    findings: "tuple[Finding, ...]" = ()
    """What the gate says, also of what it lets through."""
    warning: bool = False
    """It is not refused for good: the same text goes with `warned`, once its author has read this."""
    added: tuple[str, ...] = ()
    """Lines that had to stand in it, and were added to what was sent."""


class Posting:
    """Of one account that may answer."""

    def __init__(
        self,
        engine: Engine,
        sender: Sender,
        keeping: Keeping,
        weighing: Weighing,
        team: TeamLibrary | None,
        now_ms: Callable[[], int],
        new_cid: Callable[[str], str],
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._keeping = keeping
        self._weighing = weighing
        self._team = team
        self._now_ms = now_ms
        self._new_cid = new_cid

    def post(
        self,
        ref: ConversationRef,
        kind: EntryKind,
        body: str,
        seen: OrderKey,
        draft_begun: OrderKey,
        proof: tuple[Proof, ...],
        *,
        warned: bool,
    ) -> Posted:
        """See `Account.send`."""
        record = self._engine.state.conversations.get(ref)
        why = refusal(Attempt(kind, body, record, self._engine.state.limits))
        if why:
            return Posted(refusal=why)
        passage = self._weighing.weigh(ref, kind, body, proof)
        if passage.refusal:
            self._weighing.stopped(ref, passage, proof)
            return Posted(refusal=passage.refusal, findings=passage.findings)
        if passage.warning and not warned:
            return Posted(refusal=passage.warning, findings=passage.findings, warning=True)
        body = passage.body
        why = refusal(Attempt(kind, body, record, self._engine.state.limits)) if passage.added else ""
        if why:
            return Posted(refusal=why, findings=passage.findings, added=passage.added)
        proof = self._weighing.in_it(passage, proof)
        item = Outgoing(
            cid=ClientId(self._new_cid(self._sender.newest_cid)),
            ref=ref,
            kind=kind,
            body=body,
            written_ms=self._now_ms(),
            seen=seen,
            draft_begun=draft_begun,
            owner_then=record.owner.id if record and record.owner else "",
            resolved_then=record is not None and record.state is State.RESOLVED,
            proof=proof,
        )
        try:
            self._sender.add(item)
        except NotWritable as error:
            return Posted(refusal=str(error))
        self._keeping.drafts.sent(ref)
        if proof and self._team:
            self._team.used()
        return Posted(item.cid, findings=passage.findings, added=passage.added)
