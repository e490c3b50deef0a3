"""Asking for a call, letting it start, and saying how it went. What a provider does is in `running`."""

import hashlib
from typing import Final

import msgspec

from agent_tui.core.contacts import ending
from agent_tui.core.phone.numbers import check
from agent_tui.core.phone.states import AT_A_PROVIDER, CANCELLING, NEXT, Cancelling, moved
from agent_tui.core.phone.texts import TextKey
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling import audit, checks, course, notices
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.service.calling.rules import any_number
from agent_tui.desk.service.moment import conversation_of, unresolved
from agent_tui.desk.service.texts import checked_body, checked_key, checked_name
from agent_tui.desk.store import Transaction, call_lists, calls
from agent_tui.desk.store.call_rows import Kept, wire_number, wire_of
from agent_tui.desk.store.rows import ConversationRow
from agent_tui.model.call import Call, CallId, CallKind, CallState, Reason
from agent_tui.model.ids import AgentId, ConversationRef
from agent_tui.model.text import clean
from agent_tui.model.words import AuthorKind, Role
from agent_tui.protocol import call_commands as c
from agent_tui.protocol import call_records as r
from agent_tui.protocol.commands import Command, Done
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireAuthor

_REPORTED: Final = {
    "spoke": Reason.REPORTED_SPOKE,
    "no_answer": Reason.REPORTED_NO_ANSWER,
    "voicemail": Reason.REPORTED_NO_ANSWER,
    "wrong_number": Reason.REPORTED_WRONG_NUMBER,
    "not_called": Reason.CANCELLED,
}
_encode = msgspec.json.Encoder(order="deterministic").encode


def answer_for(kept: Kept, actor: Actor, position: int = 0) -> r.CallNow:
    """A call as its asker gets it, with its number."""
    return r.CallNow(wire_of(kept, full=True), kept.call.agent in (None, actor.id), position)


def call_of(tx: Transaction, call_id: str) -> Kept:
    """The call a command names. Raises `Refusal`."""
    found = calls.by_id(tx, checked_key(call_id))
    if found is None:
        raise Refusal(Code.NOT_FOUND, "There is no such call here.")
    return found


def own_call(tx: Transaction, actor: Actor, call_id: str) -> Kept:
    """The same, for who may act on it: its agent, or an admin. Raises `Refusal`."""
    found = call_of(tx, call_id)
    if found.call.agent not in (None, actor.id) and actor.role is not Role.ADMIN:
        raise Refusal(Code.NOT_ALLOWED, f"This is {found.call.agent_name}'s call: only they or an admin can do that.")
    return found


def hash_of(command: Command) -> str:
    """What is asked for, in short: the same id with another content is another wish."""
    content = {**msgspec.structs.asdict(command), "id": 0, "do": type(command).__name__}
    return hashlib.sha256(_encode(content)).hexdigest()


def before(tx: Transaction, command: c.RequestCall | c.QueueCall | c.AskCall) -> Kept | None:
    """The call under this id, if it was asked for before in the same words. Raises `Refusal` for other words."""
    kept = calls.by_id(tx, checked_key(command.call))
    if kept is not None and kept.request_hash != hash_of(command):
        raise Refusal(
            Code.CALL_CONFLICT, "Another call was asked for under this id. Nothing was changed; use a new id."
        )
    return kept


def check_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.CheckCall) -> r.CallChecks:
    """Everything the card shows."""
    row = conversation_of(tx, command.conversation)
    found = checks.look(tx, m, actor, row, command.number, command.basis_seq)
    there = calls.open_in(tx, row.id) or calls.open_of(tx, actor.id)
    basis = found.basis
    return r.CallChecks(
        number=wire_number(found.number),
        stops=found.stops,
        basis=r.WireBasis(basis.kind, int(basis.message or 0), basis.at_ms or 0) if basis else None,
        offered=found.offered,
        their_time=found.their_time,
        zone=found.zone,
        next_hours=found.next_hours,
        caller_id=wire_number(m.rules.caller_id),
        present=m.rules.present(row.visitor),
        open_call=wire_of(there, full=True) if there else None,
    )


def request_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.RequestCall) -> r.CallNow:
    """Reserve it. Of two who press at once, the second gets the first one's call."""
    again = before(tx, command)
    if again is not None:
        return answer_for(again, actor)
    row = conversation_of(tx, command.conversation)
    theirs = calls.open_of(tx, actor.id)
    if theirs is not None and theirs.conversation != row.id:
        return answer_for(theirs, actor)
    there = calls.open_in(tx, row.id)
    if there is not None and there.call.state not in (CallState.QUEUED, CallState.CLAIMED):
        return answer_for(there, actor)
    if there is not None and there.call.agent not in (None, actor.id):
        return answer_for(there, actor)
    found = passed_checks(tx, m, actor, row, command.number, command.basis_seq, command.confirmed, command.provider)
    assert found.number is not None  # without one there is a stop that nobody passes
    if there is not None:
        return _claimed_for_call(tx, m, actor, there, found, command)
    visitor = tx.visitor(row.visitor)
    call = Call(
        id=CallId(command.call),
        ref=ConversationRef(str(row.id)),
        kind=CallKind.HANDOVER if m.rules.in_console(command.provider) else CallKind.CALL,
        revision=1,
        state=CallState.REQUESTED,
        since_ms=m.now,
        heard_ms=m.now,
        requested_ms=m.now,
        code=m.rules.new_code(),
        language=m.rules.language_of(visitor.language if visitor else ""),
    )
    call = _to_be_made(tx, m, actor, call, found, command.provider)
    kept = Kept(
        call,
        visitor=row.visitor,
        request_hash=hash_of(command),
        number_hmac=found.number_hmac,
        passed=checks.passed(found, command.confirmed),
    )
    course.begin(tx, m, kept, actor)
    return answer_for(kept, actor)


def _claimed_for_call(
    tx: Transaction, m: CallMoment, actor: Actor, kept: Kept, found: checks.Looked, command: c.RequestCall
) -> r.CallNow:
    """The customer waits for a call already: it becomes this one."""
    kept.number_hmac, kept.passed = found.number_hmac, checks.passed(found, command.confirmed)
    claimed = msgspec.structs.replace(
        moved(kept.call, CallState.CLAIMED, m.now),
        revision=kept.call.revision + 1,
        lease_until_ms=m.now + m.rules.settings.lease_ms,
    )
    course.go_on(tx, m, kept, _to_be_made(tx, m, actor, claimed, found, command.provider), actor)
    return answer_for(kept, actor)


def _to_be_made(tx: Transaction, m: CallMoment, actor: Actor, call: Call, found: checks.Looked, provider: str) -> Call:
    """By whom, to what number, by what way, and what it shows."""
    assert found.number is not None  # without one there is a stop that nobody passes
    console = m.rules.in_console(provider)
    shows = any_number(call_lists.phone_of(tx, actor.id).shows, m.rules.settings.region)
    return msgspec.structs.replace(
        call,
        number=found.number,
        last4=found.number.last4,
        basis=checks.settled_basis(found, m.now),
        provider=provider,
        in_console=console,
        caller_id=shows if console else m.rules.caller_id,
        agent=AgentId(actor.id),
        agent_name=clean(actor.name, multiline=False),
    )


def passed_checks(
    tx: Transaction, m: CallMoment, actor: Actor, row: ConversationRow, number: str, basis_seq: int,
    confirmed: tuple[str, ...], provider: str = "", *, later: bool = False,
) -> checks.Looked:  # fmt: skip
    """What was looked at, if nothing stands in the way any more. Raises `Stopped`, which is written down."""
    found = checks.look(tx, m, actor, row, number, basis_seq, later=later)
    standing = checks.standing(found, confirmed)
    if standing is None and provider and provider not in m.rules.ways:
        sentence = checks.sentence_of("no_provider", way=clean(provider, limit=40, multiline=False))
        standing = r.WireStop("no_provider", sentence)
    if standing is None and provider and m.rules.why_not(provider):
        standing = r.WireStop("provider_not_ready", m.rules.why_not(provider))
    if standing is not None:
        raise Stopped(standing, row.id, found)
    return found


class Stopped(Refusal):
    """A call that may not be made: the refusal is written down in an operation of its own."""

    def __init__(self, stop: r.WireStop, conversation: int, found: checks.Looked) -> None:
        super().__init__(Code.CALL_STOPPED, stop.sentence, stop=stop.code)
        self.conversation = conversation
        self.found = found


def write_down(tx: Transaction, m: CallMoment, actor: Actor, stopped: Stopped) -> None:
    """The line of a refusal."""
    found = stopped.found
    audit.refused(
        tx, m, actor, stopped.conversation, stopped.answer.stop, last4=found.last4, number_hmac=found.number_hmac
    )


def dial_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.DialCall) -> r.CallNow:
    """Start it, if nothing has come in the way meanwhile. Twice is once."""
    kept = own_call(tx, actor, command.call)
    call = kept.call
    if call.state in AT_A_PROVIDER or call.state in (CallState.HANDED_OVER, CallState.ENDED):
        return answer_for(kept, actor)
    if call.agent != actor.id or not call.provider or call.number is None:
        raise Refusal(Code.WRONG_STATE, "This call was not asked for by you. Press the key again to ask for it.")
    row = course.conversation_of(tx, kept)
    confirmed = (*kept.passed, "consent_not_on_record", "customer_away", "outside_hours_asked")
    typed = call.number.e164 + (f" ext {call.number.extension}" if call.number.extension else "")
    passed_checks(tx, m, actor, row, typed, 0, confirmed, call.provider)
    if not call.in_console:
        course.go_on(tx, m, kept, moved(call, CallState.DIALLING_AGENT, m.now), actor)
    return answer_for(kept, actor)


def report_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.ReportCall) -> r.CallNow:
    """A provider of the console did something: into the same states, by the same rules."""
    kept = own_call(tx, actor, command.call)
    call = kept.call
    if not call.in_console:
        raise Refusal(Code.WRONG_STATE, "This call is made by the desk, which hears of it itself.")
    if call.state is not command.state and command.state not in NEXT[call.state]:
        raise Refusal(Code.WRONG_STATE, f"The call is {call.state.value}: {command.state.value} can't follow.")
    if command.state in (CallState.QUEUED, CallState.CLAIMED):
        raise Refusal(Code.WRONG_STATE, "Only the desk puts a call into the queue.")
    first = command.state in (CallState.DIALLING_AGENT, CallState.HANDED_OVER) and call.state is not command.state
    course.go_on(tx, m, kept, moved(call, command.state, m.now, command.reason), actor)
    if first:
        course.told_that_we_call(tx, m, kept)
    return answer_for(kept, actor)


def end_here(tx: Transaction, m: CallMoment, actor: Actor, call_id: str) -> tuple[r.CallNow, Kept | None]:
    """Cancel what never left the desk; otherwise the call, for its provider to be asked."""
    kept = own_call(tx, actor, call_id)
    match CANCELLING[kept.call.state]:
        case Cancelling.HERE:
            course.go_on(tx, m, kept, moved(kept.call, CallState.ENDED, m.now, Reason.CANCELLED), actor)
        case Cancelling.AT_PROVIDER | Cancelling.HANG_UP if not kept.call.in_console:
            return answer_for(kept, actor), kept
        case _:
            pass
    return answer_for(kept, actor), None


def call_outcome(tx: Transaction, m: CallMoment, actor: Actor, command: c.CallOutcome) -> r.CallNow:
    """How it went, in its agent's words; the note stays inside."""
    kept = own_call(tx, actor, command.call)
    row = course.conversation_of(tx, kept)
    handed_over = kept.call.state is CallState.HANDED_OVER
    if kept.call.is_open and not handed_over:
        raise Refusal(Code.WRONG_STATE, "The call has not ended yet: say how it went when it has.")
    if command.result == "not_called" and not handed_over:
        raise Refusal(Code.BAD_VALUE, "`not_called` is for a number that was handed over and not used.")
    note = checked_body(command.note, m.moment.limits) if command.note else ""
    if note and tx.stored((actor.id, checked_key(command.cid))) is None:
        tx.add_message(row, m.now, WireAuthor(AuthorKind.AGENT, actor.name, actor.id), note, command.cid, note=True)
    if kept.call.result != command.result:
        call = kept.call
        if handed_over:
            call = moved(call, CallState.ENDED, m.now, _REPORTED[command.result])
        call = msgspec.structs.replace(call, result=command.result, revision=kept.call.revision + 1)
        if not handed_over:
            tx.add_line(row, m.now, "call_result", actor.name, command.result.replace("_", " "))
        audit.noted(tx, m, "call.result", actor, row.id, call.id, result=command.result)
        if command.result == "spoke":
            _answered(tx, m, row)
        course.go_on(tx, m, kept, call, actor)
    return answer_for(kept, actor)


def _answered(tx: Transaction, m: CallMoment, row: ConversationRow) -> None:
    """They spoke: what the customer wrote until now has its answer, and the wait clock stops till their next line."""
    if row.waiting_since is not None:
        row.excused_seq = row.customer_seq
        row.waiting_since = None
        tx.change(row, m.now)


def offer_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.OfferCall) -> r.WireOffer:
    """Ask the customer; asked again before they answered, it is asked once."""
    row = unresolved(conversation_of(tx, command.conversation))
    if not m.rules.on:
        raise Refusal(Code.CALL_STOPPED, checks.sentence_of("phone_off"), stop="phone_off")
    found = checks.look(tx, m, actor, row, command.number, 0, later=True)
    refused = next((stop for stop in found.stops if stop.code in _OF_THE_NUMBER and not stop.passable), None)
    if refused is not None and refused.code != "no_number":
        raise Stopped(refused, row.id, found)
    last4 = found.number.last4 if found.number is not None else ""
    open_offer = call_lists.newest_offer(tx, row.id)
    if open_offer is not None and open_offer.answered_at is None and open_offer.last4 == last4:
        return r.WireOffer(open_offer.seq, not last4)
    visitor = tx.visitor(row.visitor)
    language = m.rules.language_of(visitor.language if visitor else "")
    if last4:
        entry = notices.say(tx, m, row, TextKey.ASK, language, last4=last4)
    else:
        entry = notices.say(tx, m, row, TextKey.ASK_NUMBER, language)
    call_lists.add_offer(tx, row.id, m.now, actor.id, last4, entry.seq)
    tx.tell_call(row, m.now, call_lists.your_call(tx, row.visitor, m.now))
    audit.noted(tx, m, "call.offered", actor, row.id, number={"last4": last4} if last4 else None)
    return r.WireOffer(entry.seq, not last4)


def do_not_call(tx: Transaction, m: CallMoment, actor: Actor, command: c.DoNotCall) -> Done:
    """Put a number on the list, which beats everything, or (an admin) take it off."""
    row = conversation_of(tx, command.conversation)
    reason = checked_name(command.reason, "reason", m.moment.limits)
    if not command.on and actor.role is not Role.ADMIN:
        raise Refusal(Code.NOT_ALLOWED, "Only an admin takes a number off the do-not-call list.")
    visitor = tx.visitor(row.visitor)
    assert visitor is not None  # a foreign key holds it
    typed = command.number.strip() or checks.known_number(tx, row, visitor)
    number = check(typed, m.rules.policy).number if typed and m.rules.on else None
    if number is None:
        raise Refusal(Code.BAD_VALUE, "There is no number here that could be called: say which one.")
    hashed = m.rules.hmac_of(number.e164)
    if (call_lists.never_since(tx, hashed) is not None) == command.on:
        return Done(row.id)
    if command.on:
        call_lists.put_on_list(tx, hashed, number.last4, number.region, m.now, actor.name, reason, row.id)
        tx.add_line(row, m.now, "call_never", actor.name, ending(number.last4))
        notices.say(tx, m, row, TextKey.NOT_AGAIN, m.rules.language_of(visitor.language))
        there = calls.open_in(tx, row.id)
        if there is not None and CANCELLING[there.call.state] is Cancelling.HERE and there.number_hmac == hashed:
            course.go_on(tx, m, there, moved(there.call, CallState.ENDED, m.now, Reason.CANCELLED), actor)
    else:
        call_lists.take_off_list(tx, hashed)
        tx.add_line(row, m.now, "call_again", actor.name, ending(number.last4))
    listed = "number.listed" if command.on else "number.unlisted"
    audit.noted(tx, m, listed, actor, row.id, number={"last4": number.last4, "hmac": hashed})
    course.wants_call(tx, m, row, wants=False)
    return Done(row.id)


_OF_THE_NUMBER: Final = {
    "emergency", "not_a_number", "too_short", "too_long", "no_country", "country_not_allowed", "region_not_allowed",
    "premium", "no_person", "do_not_call", "no_number",
}  # fmt: skip
