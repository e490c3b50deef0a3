"""The queue of callbacks: planning, claiming, giving back; and what customers ask of it themselves."""

from typing import Final

import msgspec

from agent_tui.core.contacts import ending
from agent_tui.core.phone.hours import zones_of
from agent_tui.core.phone.numbers import Decision, check
from agent_tui.core.phone.planning import Window, window
from agent_tui.core.phone.states import CANCELLING, Cancelling, moved
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling import audit, checks, course, notices
from agent_tui.desk.service.calling.making import answer_for, before, hash_of, own_call, passed_checks
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.service.moment import conversation_of, unresolved, visitor_of, writing_visitor
from agent_tui.desk.service.sending import open_conversation
from agent_tui.desk.service.texts import checked_name
from agent_tui.desk.store import Transaction, call_lists, calls
from agent_tui.desk.store.call_rows import Kept
from agent_tui.desk.store.rows import ConversationRow
from agent_tui.model.call import Basis, BasisKind, Call, CallId, CallKind, CallState, Number, Reason
from agent_tui.model.ids import AgentId, ConversationRef
from agent_tui.model.people import NOTHING
from agent_tui.model.text import clean
from agent_tui.model.words import HowKnown, Role
from agent_tui.protocol import call_commands as c
from agent_tui.protocol import call_records as r
from agent_tui.protocol.commands import Done
from agent_tui.protocol.errors import Code, Refusal

_HIGHEST: Final = 9
_YES: Final = frozenset({"yes", "ja", "yes please", "ja graag", "ok", "oké"})
_NO: Final = frozenset({"no", "nee", "no thanks", "nee bedankt", "nee dank u"})
_CANCEL: Final = frozenset({"cancel", "annuleren", "annuleer"})


def queue_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.QueueCall) -> r.CallNow:
    """Plan a callback; where one is planned for the same customer already, that one is changed."""
    again = before(tx, command)
    if again is not None:
        return answer_for(again, actor, calls.place_in_queue(tx, again, m.now))
    row = unresolved(conversation_of(tx, command.conversation))
    note = checked_name(command.note, "note", m.moment.limits)
    if not 0 <= command.priority <= _HIGHEST:
        raise Refusal(Code.BAD_VALUE, f"`priority` goes from 0 to {_HIGHEST}.")
    found = passed_checks(tx, m, actor, row, command.number, command.basis_seq, command.confirmed, later=True)
    assert found.number is not None  # without one there is a stop that nobody passes
    _must_have_queue(m)
    when = _window(m, found.zones, found.number, command.not_before, command.not_after)
    kept = _planned(tx, m, row, command.call, hash_of(command), found.number)
    call = msgspec.structs.replace(
        _at(kept.call, found.number, found.basis, when),
        priority=command.priority,
        note=clean(note) or kept.call.note,
    )
    _keep_plan(tx, m, row, actor, kept, call, found.zones)
    return answer_for(kept, actor, calls.place_in_queue(tx, kept, m.now))


def claim_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.ClaimCall) -> r.CallNow:
    """Take it for a while. Whoever has it and says so again keeps it longer."""
    kept = own_or_anybodys(tx, command.call) if command.call else calls.next_due(tx, m.now)
    if kept is None:
        raise Refusal(Code.NOT_FOUND, "No callback is due now.")
    call = kept.call
    if call.state not in (CallState.QUEUED, CallState.CLAIMED):
        raise Refusal(Code.WRONG_STATE, "This call does not wait in the queue any more.")
    if call.agent not in (None, actor.id):
        raise Refusal(Code.TAKEN, f"{call.agent_name} has this callback.", by=call.agent_name)
    theirs = calls.open_of(tx, actor.id)
    if theirs is not None and theirs.call.id != call.id:
        raise Refusal(Code.WRONG_STATE, "You have a call already: end it or give it back first.")
    name = clean(actor.name, multiline=False)
    claimed = msgspec.structs.replace(
        moved(call, CallState.CLAIMED, m.now),
        revision=call.revision + 1,
        agent=AgentId(actor.id),
        agent_name=name,
        lease_until_ms=m.now + m.rules.settings.lease_ms,
    )
    course.go_on(tx, m, kept, claimed, actor)
    return answer_for(kept, actor)


def release_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.ReleaseCall) -> r.CallNow:
    """Back into the queue, at its old place."""
    kept = own_call(tx, actor, command.call)
    if kept.call.state is CallState.QUEUED:
        return answer_for(kept, actor)
    if kept.call.state is not CallState.CLAIMED:
        raise Refusal(Code.WRONG_STATE, "Only a claimed callback can be given back.")
    give_back(tx, m, kept, actor)
    return answer_for(kept, actor, calls.place_in_queue(tx, kept, m.now))


def give_back(tx: Transaction, m: CallMoment, kept: Kept, by: Actor | None) -> None:
    """Nobody has it any more: nothing was dialled."""
    call = msgspec.structs.replace(
        moved(kept.call, CallState.QUEUED, m.now),
        agent=None,
        agent_name=NOTHING,
        lease_until_ms=None,
        provider="",
        in_console=False,
        caller_id=None,
    )
    course.go_on(tx, m, kept, call, by)


def reschedule_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.RescheduleCall) -> r.CallNow:
    """Another time, and the customer reads it."""
    kept = own_call(tx, actor, command.call)
    call = kept.call
    if call.state not in (CallState.QUEUED, CallState.CLAIMED) or call.number is None:
        raise Refusal(Code.WRONG_STATE, "This call does not wait in the queue any more.")
    row = course.conversation_of(tx, kept)
    zones = checks.look(tx, m, actor, row, call.number.e164, 0, later=True).zones
    when = _window(m, zones, call.number, command.not_before, command.not_after)
    if (call.not_before_ms, call.not_after_ms) != (when.not_before_ms, when.not_after_ms):
        changed = msgspec.structs.replace(call, not_before_ms=when.not_before_ms, not_after_ms=when.not_after_ms)
        _keep_plan(tx, m, row, actor, kept, changed, zones)
    return answer_for(kept, actor, calls.place_in_queue(tx, kept, m.now))


# --- what visitors ask ---


def ask_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.AskCall) -> Done:
    """Please call me. The time is theirs to say, late or early: only our own hours count."""
    if before(tx, command) is not None:
        return Done()
    visitor = writing_visitor(tx, m.moment, actor.id)
    _must_have_queue(m)
    number = _number_of(tx, m, command.number)
    zones = zones_of(visitor.time_zone, "", number)
    when = _window(m, (), number, command.not_before, command.not_after)
    row = open_conversation(tx, m.moment, visitor)
    there = calls.open_in(tx, row.id)
    if there is not None and there.call.state is not CallState.QUEUED:
        raise Refusal(Code.WRONG_STATE, "We are about to call you already.")
    kept = _planned(tx, m, row, command.call, hash_of(command), number)
    if kept.row and kept.call == _at(kept.call, number, kept.call.basis, when):
        return Done()  # asked again for what is planned already
    entry = tx.add_line(row, m.now, "call_asked", what=ending(number.last4))
    basis = Basis(BasisKind.CUSTOMER_REQUEST, str(entry.seq), m.now)
    call = msgspec.structs.replace(_at(kept.call, number, basis, when), by_customer=True)
    if row.waiting_since is None:
        row.waiting_since = m.now
        tx.change(row, m.now)
    course.wants_call(tx, m, row, wants=True)
    _keep_plan(tx, m, row, actor, kept, call, zones, say_when=bool(command.not_before))
    return Done()


def answer_offer(tx: Transaction, m: CallMoment, actor: Actor, command: c.AnswerOffer) -> Done:
    """Yes or no to "shall I call you?"."""
    visitor = writing_visitor(tx, m.moment, actor.id)
    row = tx.newest_of(actor.id)
    offer = call_lists.newest_offer(tx, row.id) if row is not None else None
    if row is None or offer is None:
        raise Refusal(Code.WRONG_STATE, "Nobody asked whether to call you.")
    if offer.answered_at is not None:
        return Done()
    if command.yes and command.number:
        visitor.phone = _number_of(tx, m, command.number).e164
        visitor.contact_known = HowKnown.TYPED.value
        tx.put_visitor(visitor)
    _answered(tx, m, row, offer, actor, yes=command.yes)
    return Done()


def cancel_asked(tx: Transaction, m: CallMoment, actor: Actor, _: c.CancelAsked) -> Done:
    """Not after all. Where a telephone rings already it is the agent who hears it from them."""
    row = tx.newest_of(actor.id)
    if row is None:
        return Done()
    there = calls.open_in(tx, row.id)
    if there is not None and there.call.state is not CallState.REQUESTED:
        if CANCELLING[there.call.state] is not Cancelling.HERE:
            raise Refusal(Code.TOO_LATE, "We are calling you already: just don't pick up, or say so here.")
        course.go_on(tx, m, there, moved(there.call, CallState.ENDED, m.now, Reason.CANCELLED), actor)
    elif row.wants_call:
        offer = call_lists.newest_offer(tx, row.id)
        entry = tx.add_line(row, m.now, "call_withdrawn")
        if offer is not None and offer.answer == "yes":
            call_lists.answer_offer(tx, offer, m.now, entry.seq, "no")
        course.wants_call(tx, m, row, wants=False)
        tx.tell_call(row, m.now, call_lists.your_call(tx, row.visitor, m.now))
    return Done()


def heard(tx: Transaction, m: CallMoment, row: ConversationRow, seq: int, body: str) -> None:
    """A line that is nothing but yes, no or cancel, while that is what was asked."""
    word = body.strip().rstrip(".!").casefold()
    if word in _CANCEL:
        there = calls.open_in(tx, row.id)
        if there is not None and there.call.state in (CallState.QUEUED, CallState.CLAIMED):
            by = Actor(Role.VISITOR, row.visitor)
            course.go_on(tx, m, there, moved(there.call, CallState.ENDED, m.now, Reason.CANCELLED), by)
    elif word in _YES or word in _NO:
        offer = call_lists.newest_offer(tx, row.id)
        if offer is not None and offer.answered_at is None and (offer.last4 or word in _NO):
            _answered(tx, m, row, offer, Actor(Role.VISITOR, row.visitor), yes=word in _YES, seq=seq)


def _answered(
    tx: Transaction, m: CallMoment, row: ConversationRow, offer: call_lists.Offer, actor: Actor, *, yes: bool,
    seq: int = 0,
) -> None:  # fmt: skip
    line = tx.add_line(row, m.now, "call_agreed" if yes else "call_declined")
    call_lists.answer_offer(tx, offer, m.now, seq or line.seq, "yes" if yes else "no")
    course.wants_call(tx, m, row, wants=yes)
    audit.noted(tx, m, "call.agreed" if yes else "call.declined", actor, row.id, seq=seq or line.seq)
    tx.tell_call(row, m.now, call_lists.your_call(tx, row.visitor, m.now))


# --- what both share ---


def own_or_anybodys(tx: Transaction, call_id: str) -> Kept:
    """A callback by its id. Raises `Refusal`."""
    found = calls.by_id(tx, call_id)
    if found is None:
        raise Refusal(Code.NOT_FOUND, "There is no such call here.")
    return found


def _must_have_queue(m: CallMoment) -> None:
    if not m.rules.queue:
        raise Refusal(Code.CALL_STOPPED, "This desk plans no callbacks.", stop="phone_off")


def _number_of(tx: Transaction, m: CallMoment, typed: str) -> Number:
    """A number a visitor gave, for a call. What is odd about it an agent looks at before anything rings."""
    verdict = check(typed, m.rules.policy)
    if verdict.decision is Decision.REFUSE or verdict.number is None:
        code = verdict.why.value if verdict.why else "not_a_number"
        raise Refusal(Code.CALL_STOPPED, "We can't call this number. Write another one.", stop=code)
    if call_lists.never_since(tx, m.rules.hmac_of(verdict.number.e164)) is not None:
        raise Refusal(Code.CALL_STOPPED, "We were asked not to call this number.", stop="do_not_call")
    return verdict.number


def _window(m: CallMoment, zones: tuple[str, ...], number: Number, not_before: int, not_after: int) -> Window:
    """When, inside hours. Raises `Refusal` for a time that can't be."""
    latest = m.now + m.rules.settings.plan_ahead_ms
    if not_before > latest or not_after > latest:
        raise Refusal(Code.BAD_VALUE, "A callback can't be planned so far ahead.")
    if not_after and not_after <= max(m.now, not_before):
        raise Refusal(Code.BAD_VALUE, "The time for a callback has to end after it begins, and after now.")
    start = max(m.now, not_before)
    found = window(m.rules.hours(), m.rules.minded(zones), number.region, from_ms=start, until_ms=not_after or None)
    if found is None:
        raise Refusal(Code.CALL_STOPPED, "Nobody can call at that time: choose another one.", stop="outside_hours")
    return found


def _planned(
    tx: Transaction, m: CallMoment, row: ConversationRow, call_id: str, request_hash: str, number: Number
) -> Kept:
    """The callback to be: the one that is there for the same customer, or a new one that is not stored yet."""
    hashed = m.rules.hmac_of(number.e164)
    there = calls.open_in(tx, row.id) or calls.queued_for(tx, row.visitor, hashed)
    if there is not None:
        if there.call.state not in (CallState.QUEUED, CallState.CLAIMED):
            raise Refusal(Code.WRONG_STATE, "A call goes on in this conversation: end it first.")
        there.number_hmac = hashed
        return there
    visitor = visitor_of(tx, row.visitor)
    call = Call(
        id=CallId(call_id),
        ref=ConversationRef(str(row.id)),
        kind=CallKind.CALLBACK,
        revision=0,
        state=CallState.QUEUED,
        since_ms=m.now,
        heard_ms=m.now,
        requested_ms=m.now,
        code=m.rules.new_code(),
        language=m.rules.language_of(visitor.language),
    )
    return Kept(call, visitor=row.visitor, request_hash=request_hash, number_hmac=hashed)


def _at(call: Call, number: Number, basis: Basis | None, when: Window) -> Call:
    """The callback with this number, ground and time."""
    return msgspec.structs.replace(
        call,
        number=number,
        last4=number.last4,
        basis=basis,
        not_before_ms=when.not_before_ms,
        not_after_ms=when.not_after_ms,
    )


def _keep_plan(
    tx: Transaction, m: CallMoment, row: ConversationRow, actor: Actor, kept: Kept, call: Call, zones: tuple[str, ...],
    *, say_when: bool = True,
) -> None:  # fmt: skip
    """Store what was planned or changed; the customer reads when, unless they asked for "as soon as possible"."""
    if kept.row and call == kept.call:
        return
    call = msgspec.structs.replace(call, revision=kept.call.revision + 1)
    if kept.row:
        course.go_on(tx, m, kept, call, actor)
        audit.noted(tx, m, "call.planned", actor, row.id, call.id, not_before=call.not_before_ms)
    else:
        kept.call = call
        course.begin(tx, m, kept, actor)
    if not call.by_customer:
        tx.add_line(row, m.now, "call_queued", actor.name, str(call.not_before_ms))
    if say_when:
        notices.planned(tx, m, row, kept, zones)
