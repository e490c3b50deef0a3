"""A callback that reached nobody: its next attempt is a call of its own, later, inside hours."""

from agent_tui.core.phone.planning import window
from agent_tui.core.phone.reasons import MEANING
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.store.call_rows import Kept
from agent_tui.model.call import Call, CallId, CallKind, CallState


def will_be(m: CallMoment, call: Call) -> bool:
    """Whether another attempt follows by itself."""
    return (
        call.kind is CallKind.CALLBACK
        and call.reason is not None
        and call.dialled_ms is not None
        and MEANING[call.reason].again
        and call.attempt < m.rules.settings.attempts
    )


def next_attempt(m: CallMoment, ended: Kept, zones: tuple[str, ...]) -> Kept | None:
    """The attempt that follows; None where none does, or no hour is in sight. `zones`: where the customer may be."""
    call = ended.call
    if not will_be(m, call) or call.number is None:
        return None
    spacing = m.rules.settings.spacing_ms
    pause = spacing[min(call.attempt, len(spacing)) - 1] if spacing else 0
    when = window(m.rules.hours(), m.rules.minded(zones), call.number.region, from_ms=m.now + pause)
    if when is None:
        return None
    again = Call(
        id=CallId(m.rules.new_id()),
        ref=call.ref,
        kind=call.kind,
        revision=1,
        state=CallState.QUEUED,
        since_ms=m.now,
        heard_ms=m.now,
        requested_ms=call.requested_ms,
        number=call.number,
        last4=call.last4,
        code=m.rules.new_code(),
        basis=call.basis,
        attempt=call.attempt + 1,
        not_before_ms=when.not_before_ms,
        not_after_ms=when.not_after_ms,
        note=call.note,
        language=call.language,
        priority=call.priority,
        by_customer=call.by_customer,
    )
    return Kept(again, visitor=ended.visitor, number_hmac=ended.number_hmac)
