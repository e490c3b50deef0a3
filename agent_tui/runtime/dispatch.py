"""Wishes to the backend: one table from the type of a wish to the method that carries it out."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from msgspec import Struct

from agent_tui.core.state import State
from agent_tui.core.undo import inverse, undo_of_taken
from agent_tui.model.call import Call
from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText
from agent_tui.ports import call_intents as ci
from agent_tui.ports import intents as i
from agent_tui.ports.backend import Answering
from agent_tui.ports.errors import CallStopped, PortError, Taken


class Wished(Struct, frozen=True):
    """How a wish ended. Where it is not `ok`, nothing was changed as far as is known, and `sentence` says why."""

    ok: bool
    sentence: str = ""
    taken_by: SafeText = NOTHING
    undo: i.Command | None = None
    """The wish that undoes it, where there is one."""
    ref: ConversationRef | None = None
    """The conversation it was about; after `TakeNext` the one that was taken, None where nobody waits."""
    call: Call | None = None
    """After a wish about a call: the call as it is now, its number included. It may be a colleague's."""
    stop: str = ""
    """Where something stands in the way of a call: its code."""


METHODS: Final[dict[type[Any], Callable[[Answering, Any], Awaitable[Any]]]] = {
    i.Claim: lambda on, it: on.claim(it.ref, it.expect_owner),
    i.TakeNext: lambda on, it: on.take_next(),
    i.Transfer: lambda on, it: on.transfer(it.ref, it.to, it.expect_owner, snooze_until_ms=it.snooze_until_ms),
    i.Resolve: lambda on, it: on.resolve(it.ref, it.outcome),
    i.Reopen: lambda on, it: on.reopen(it.ref, outcome=it.outcome, snooze_until_ms=it.snooze_until_ms),
    i.Snooze: lambda on, it: on.snooze(it.ref, it.until_ms),
    i.SetStage: lambda on, it: on.set_stage(it.ref, it.stage, confirmed=it.confirmed),
    i.SetOutcome: lambda on, it: on.set_outcome(it.ref, it.outcome),
    i.SetNeedsAnswer: lambda on, it: on.set_needs_answer(it.ref, needed=it.needed),
    i.Withdraw: lambda on, it: on.withdraw(it.ref, it.key, undo=it.undo),
    i.Block: lambda on, it: on.block(it.ref, it.until_ms, it.reason),
    i.SetFlag: lambda on, it: on.set_flag(it.ref, it.reason),
    i.MarkRead: lambda on, it: on.mark_read(it.ref, it.up_to),
    i.SayTyping: lambda on, it: on.typing(it.ref, on=it.on, note=it.note),
    i.SetAvailable: lambda on, it: on.set_available(it.availability),
    ci.RequestCall: lambda on, it: on.request_call(
        it.ref, it.call_id, it.number, it.provider, it.basis_entry, it.confirmed
    ),
    ci.DialCall: lambda on, it: on.dial_call(it.call_id),
    ci.ReportCall: lambda on, it: on.report_call(it.call_id, it.state, it.reason),
    ci.CancelCall: lambda on, it: on.cancel_call(it.call_id),
    ci.HangUp: lambda on, it: on.hang_up(it.call_id),
    ci.SayOutcome: lambda on, it: on.call_outcome(it.call_id, it.result, it.note, it.cid),
    ci.OfferCall: lambda on, it: on.offer_call(it.ref, it.number),
    ci.QueueCall: lambda on, it: on.queue_call(
        it.ref,
        it.call_id,
        it.number,
        not_before_ms=it.not_before_ms,
        not_after_ms=it.not_after_ms,
        priority=it.priority,
        note=it.note,
        basis_entry=it.basis_entry,
        confirmed=it.confirmed,
    ),
    ci.ClaimCall: lambda on, it: on.claim_call(it.call_id),
    ci.ReleaseCall: lambda on, it: on.release_call(it.call_id),
    ci.RescheduleCall: lambda on, it: on.reschedule_call(it.call_id, it.not_before_ms, it.not_after_ms),
    ci.DoNotCall: lambda on, it: on.do_not_call(it.ref, it.number, on=it.on, reason=it.reason),
    ci.SetPhone: lambda on, it: on.set_phone(it.agent, it.extension, it.number, it.shows),
}

ONLY_WATCHING: Final = "You are watching only: nothing can be changed from here, and nothing was."


async def carry_out(answering: Answering | None, intent: i.Command, state: State, now_ms: int) -> Wished:
    """Ask the backend once, without any retry. `now_ms`: by this machine's clock."""
    ref = getattr(intent, "ref", None)
    if answering is None:
        return Wished(ok=False, sentence=ONLY_WATCHING, ref=ref)
    undo = inverse(intent, state, now_ms + state.link.clock_skew_ms)
    try:
        answer = await METHODS[type(intent)](answering, intent)
    except Taken as error:
        return Wished(ok=False, sentence=str(error), taken_by=error.by, ref=ref)
    except CallStopped as error:
        return Wished(ok=False, sentence=str(error), stop=error.stop, ref=ref)
    except PortError as error:
        return Wished(ok=False, sentence=str(error), ref=ref)
    if isinstance(intent, i.TakeNext):
        if answer is None:
            return Wished(ok=True, sentence="Nobody is waiting.")
        ref = ConversationRef(answer)
        undo = undo_of_taken(ref, state.me.id if state.me else "")
    if isinstance(answer, Call):
        return Wished(ok=True, ref=answer.ref, call=answer)
    return Wished(ok=True, undo=undo, ref=ref)
