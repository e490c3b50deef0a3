"""The answering half: everything that acts. Never made for an account that only watches."""

from collections.abc import Callable
from typing import Any

from agent_tui.backends.desk.client.calling import Calls
from agent_tui.backends.desk.client.line import DeskLine
from agent_tui.backends.desk.codec import number_of, ref_of
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.proof import Proof
from agent_tui.model.words import Availability, EntryKind, Outcome, Stage
from agent_tui.ports.capabilities import Capabilities, Capability, can
from agent_tui.ports.errors import Receipt, Unsupported
from agent_tui.ports.library import Stopped
from agent_tui.protocol import commands as c
from agent_tui.protocol.library import WireProof


class DeskAnswering(Calls):
    """Acts at a desk, over the line of its watching half. Each method asks once."""

    def __init__(self, line: DeskLine, capabilities: Callable[[], Capabilities]) -> None:
        """`capabilities`: the table as of now; what it says can't be done is refused before anything is sent."""
        self._line = line
        self._capabilities = capabilities

    async def _ask(self, capability: Capability, command: c.Command) -> Any:
        table = self._capabilities()
        if not can(table, capability):
            raise Unsupported(table[capability].note if capability in table else f"No {capability} here.")
        return await self._line.ask(command)

    async def send(self, item: Outgoing) -> Receipt:
        """Store a message; the desk keeps the cid as long as the message, so that a repeat gets the same receipt."""
        note = item.kind is EntryKind.NOTE
        command = c.Send(
            self._line.next_id(),
            conversation=number_of(item.ref),
            cid=item.cid,
            kind="note" if note else "public",
            body=item.body,
            seen_seq=item.seen,
            draft_seq=item.draft_begun,
            proof=tuple({each.snippet: _wire(each) for each in item.proof}.values()),
        )
        stored: c.Stored = await (self._ask(Capability.NOTES, command) if note else self._line.ask(command))
        return Receipt(stored.seq, stored.at)

    async def proof_stopped(self, stopped: Stopped) -> None:
        """For the desk's record of refusals."""
        command = c.ProofStopped(
            self._line.next_id(),
            report=stopped.report,
            conversation=number_of(stopped.ref),
            snippet=stopped.snippet,
            revision=stopped.revision,
            language=stopped.language,
            rule=stopped.rule,
            at=stopped.at_ms,
        )
        await self._ask(Capability.TEAM_LIBRARY, command)

    async def claim(self, ref: ConversationRef, expect_owner: str) -> None:
        """Compare-and-set on the owner."""
        await self._ask(
            Capability.CLAIM, c.Claim(self._line.next_id(), conversation=number_of(ref), expect_owner=expect_owner)
        )

    async def take_next(self) -> ConversationRef | None:
        """The longest-waiting one."""
        done: c.Done = await self._ask(Capability.CLAIM, c.TakeNext(self._line.next_id()))
        return ref_of(done.conversation) if done.conversation else None

    async def transfer(
        self, ref: ConversationRef, to: str, expect_owner: str, *, snooze_until_ms: int | None = None
    ) -> None:
        """Hand over, or back to the queue."""
        command = c.Transfer(
            self._line.next_id(),
            conversation=number_of(ref),
            to=to,
            expect_owner=expect_owner,
            snooze_until=snooze_until_ms,
        )
        await self._ask(Capability.TRANSFER, command)

    async def resolve(self, ref: ConversationRef, outcome: Outcome) -> None:
        """End it."""
        await self._ask(
            Capability.RESOLVE, c.Resolve(self._line.next_id(), conversation=number_of(ref), outcome=outcome)
        )

    async def reopen(
        self, ref: ConversationRef, *, outcome: Outcome | None = None, snooze_until_ms: int | None = None
    ) -> None:
        """Bring it back."""
        command = c.Reopen(
            self._line.next_id(), conversation=number_of(ref), outcome=outcome, snooze_until=snooze_until_ms
        )
        await self._ask(Capability.REOPEN, command)

    async def snooze(self, ref: ConversationRef, until_ms: int) -> None:
        """Put it away."""
        await self._ask(Capability.SNOOZE, c.Snooze(self._line.next_id(), conversation=number_of(ref), until=until_ms))

    async def set_stage(self, ref: ConversationRef, stage: Stage, *, confirmed: bool) -> None:
        """Confirm or change the stage."""
        await self._ask(
            Capability.STAGES,
            c.SetStage(self._line.next_id(), conversation=number_of(ref), stage=stage, confirmed=confirmed),
        )

    async def set_outcome(self, ref: ConversationRef, outcome: Outcome) -> None:
        """Say how it went."""
        await self._ask(
            Capability.OUTCOMES, c.SetOutcome(self._line.next_id(), conversation=number_of(ref), outcome=outcome)
        )

    async def set_needs_answer(self, ref: ConversationRef, *, needed: bool) -> None:
        """Stop or start the wait clock."""
        await self._line.ask(c.NeedsAnswer(self._line.next_id(), conversation=number_of(ref), needed=needed))

    async def withdraw(self, ref: ConversationRef, key: OrderKey, *, undo: bool) -> None:
        """Withdraw an own message, or bring it back."""
        await self._ask(
            Capability.WITHDRAW, c.Withdraw(self._line.next_id(), conversation=number_of(ref), seq=key, undo=undo)
        )

    async def block(self, ref: ConversationRef, until_ms: int, reason: str) -> None:
        """Refuse this customer until then."""
        await self._ask(
            Capability.BLOCK, c.Block(self._line.next_id(), conversation=number_of(ref), until=until_ms, reason=reason)
        )

    async def set_flag(self, ref: ConversationRef, reason: str) -> None:
        """Raise a flag, or lower it."""
        await self._ask(Capability.FLAGS, c.SetFlag(self._line.next_id(), conversation=number_of(ref), reason=reason))

    async def mark_read(self, ref: ConversationRef, up_to: OrderKey) -> None:
        """Move the own read position."""
        await self._ask(
            Capability.OWN_READ_MARKS, c.MarkRead(self._line.next_id(), conversation=number_of(ref), seq=up_to)
        )

    async def typing(self, ref: ConversationRef, *, on: bool, note: bool) -> None:
        """Say that one is writing."""
        await self._ask(
            Capability.TYPING_OUT, c.Typing(self._line.next_id(), conversation=number_of(ref), on=on, note=note)
        )

    async def set_available(self, availability: Availability) -> None:
        """Say what one can be asked for."""
        await self._ask(Capability.AVAILABILITY, c.SetAvailable(self._line.next_id(), availability=availability))


def _wire(proof: Proof) -> WireProof:
    return WireProof(proof.snippet, proof.revision, proof.language)
