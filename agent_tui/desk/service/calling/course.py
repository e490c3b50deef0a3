"""The one place through which a call changes: it is stored, told, written into transcript and audit, and what follows
from it is done.
"""

import msgspec

from agent_tui.core.contacts import ending
from agent_tui.core.phone.hours import zones_of
from agent_tui.core.phone.reasons import MEANING, Told
from agent_tui.core.phone.states import due_ms
from agent_tui.desk.service import availability
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling import audit, notices, retrying
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.call_lists import your_call
from agent_tui.desk.store.call_rows import Kept, wire_of
from agent_tui.desk.store.calls import save
from agent_tui.desk.store.rows import ConversationRow
from agent_tui.model.call import Call, CallState, Reason
from agent_tui.model.words import Role

_UNHEARD_MS = 5_000
"""A call whose provider can't be asked is asked for again this often."""
_BASIS_WORDS = {
    "customer_request": "the customer asked",
    "customer_agreed": "the customer said yes",
    "agent_says": "the agent says the customer agreed",
}


def begin(tx: Transaction, m: CallMoment, kept: Kept, by: Actor | None) -> None:
    """A new call."""
    keep(tx, m, kept)
    audit.changed(tx, m, kept, None, by)
    tell(tx, m, kept)


def go_on(tx: Transaction, m: CallMoment, kept: Kept, call: Call, by: Actor | None, raw_code: str = "") -> None:
    """The call is like this now. `by` None: its provider or the clock says so."""
    before = kept.call
    if call is before:
        return
    kept.call = call
    if kept.tried is None and kept.busy:
        kept.tried = m.now
    row = conversation_of(tx, kept)
    if call.state is not before.state:
        _follow(tx, m, row, kept, before, by)
        audit.changed(tx, m, kept, before, by, raw_code)
    keep(tx, m, kept)
    if call.revision != before.revision:
        tell(tx, m, kept)
    if call.state is before.state:
        return
    if call.agent:
        availability.on_the_phone(tx, call.agent, m.now, busy=kept.busy)
    if call.state is CallState.HANDED_OVER:
        told_that_we_call(tx, m, kept)
    if call.state is CallState.ENDED:
        _again(tx, m, row, kept)


def told_that_we_call(tx: Transaction, m: CallMoment, kept: Kept) -> None:
    """The agent's telephone is about to ring, or the number was handed over: now the customer may know."""
    if not kept.call.noticed and kept.call.is_open:
        notices.we_call(tx, m, conversation_of(tx, kept), kept)
        kept.call = msgspec.structs.replace(kept.call, noticed=True, revision=kept.call.revision + 1)
        keep(tx, m, kept)
        tell(tx, m, kept)


def tell(tx: Transaction, m: CallMoment, kept: Kept) -> None:
    """Everybody gets it as it is."""
    row = conversation_of(tx, kept)
    tx.tell_call(row, m.now, your_call(tx, kept.visitor, m.now), wire_of(kept), kept.row)


def conversation_of(tx: Transaction, kept: Kept) -> ConversationRow:
    """The conversation it belongs to."""
    row = tx.conversation(kept.conversation)
    assert row is not None  # a foreign key holds it
    return row


def wants_call(tx: Transaction, m: CallMoment, row: ConversationRow, wants: bool) -> None:
    """Whether the customer asked or agreed, and nobody has called."""
    if bool(row.wants_call) is not wants:
        row.wants_call = int(wants)
        tx.change(row, m.now)


def keep(tx: Transaction, m: CallMoment, kept: Kept) -> None:
    """Store it, with the time at which its state is looked after; tells nobody."""
    call = kept.call
    if call.state is CallState.CLAIMED:
        deadline = call.lease_until_ms
    elif call.is_open and not call.connected:
        deadline = m.now + _UNHEARD_MS
    else:
        deadline = due_ms(call, m.rules.patience)
    save(tx, kept, deadline)


def _follow(tx: Transaction, m: CallMoment, row: ConversationRow, kept: Kept, before: Call, by: Actor | None) -> None:
    call = kept.call
    match call.state:
        case CallState.DIALLING_AGENT:
            basis = _BASIS_WORDS.get(call.basis.kind, "") if call.basis else ""
            tx.add_line(row, m.now, "call_requested", call.agent_name, basis)
        case CallState.DIALLING_CUSTOMER:
            tx.add_line(row, m.now, "call_dialling", what=ending(call.last4))
            wants_call(tx, m, row, wants=False)
        case CallState.IN_CALL:
            tx.add_line(row, m.now, "call_connected")
            wants_call(tx, m, row, wants=False)
        case CallState.HANDED_OVER:
            tx.add_line(row, m.now, "call_handed_over", call.agent_name, ending(call.last4))
            wants_call(tx, m, row, wants=False)
        case CallState.ENDED:
            _ended(tx, m, row, kept, before, by)
        case _:
            pass


def _ended(tx: Transaction, m: CallMoment, row: ConversationRow, kept: Kept, before: Call, by: Actor | None) -> None:
    call = kept.call
    reason = call.reason or Reason.LOST
    if before.state is CallState.REQUESTED:
        return  # undone: nobody noticed
    if before.state in (CallState.QUEUED, CallState.CLAIMED):
        if by is not None and by.role is Role.VISITOR:
            tx.add_line(row, m.now, "call_withdrawn")
            wants_call(tx, m, row, wants=False)
        else:
            tx.add_line(row, m.now, "call_ended", what=f"({words_of(reason)})")
            if reason is Reason.EXPIRED:
                notices.it_ended(tx, m, row, kept, Told.NOT_REACHED)
            else:
                wants_call(tx, m, row, wants=False)
        return
    lasted = f"after {_length(call.ended_ms or m.now, call.answered_ms)} " if call.answered_ms is not None else ""
    tx.add_line(row, m.now, "call_ended", what=f"{lasted}({words_of(reason)})")
    told = MEANING[reason].told
    if call.noticed and not retrying.will_be(m, call):
        notices.it_ended(tx, m, row, kept, told)
    if told in (Told.THANKS, Told.NOT_REACHED):
        wants_call(tx, m, row, wants=False)


def _again(tx: Transaction, m: CallMoment, row: ConversationRow, kept: Kept) -> None:
    visitor = tx.visitor(kept.visitor)
    zones = zones_of(visitor.time_zone if visitor else "", "", kept.call.number)
    following = retrying.next_attempt(m, kept, zones)
    if following is not None:
        begin(tx, m, following, None)
        tx.add_line(row, m.now, "call_requeued", what=str(following.call.not_before_ms))
        notices.planned(tx, m, row, following, zones)
        wants_call(tx, m, row, wants=True)


def words_of(reason: Reason) -> str:
    """An end in short, for staff."""
    return reason.value.removeprefix("completed_").removeprefix("reported_").replace("_", " ")


def _length(ended: int, answered: int) -> str:
    minutes, seconds = divmod(max(0, ended - answered) // 1000, 60)
    return f"{minutes}:{seconds:02}"
