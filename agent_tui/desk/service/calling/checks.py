"""What stands in the way of a call, looked at by the desk itself: what a console says of it is only its word."""

from typing import Final

from msgspec import Struct

from agent_tui.core.phone.hours import May, clock, local_times, may_call, zones_of
from agent_tui.core.phone.numbers import SENTENCE, Decision, Why, check
from agent_tui.core.phone.planning import window
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.call_lists import Offer, never_since, newest_offer
from agent_tui.desk.store.calls import newest_in, open_in, tries_in, tries_of_agent, tries_of_number
from agent_tui.desk.store.rows import ConversationRow, VisitorRow
from agent_tui.model.call import Basis, BasisKind, Call, Number, Reason
from agent_tui.model.words import AuthorKind, EntryKind, Role, State
from agent_tui.protocol.call_records import WireStop
from agent_tui.protocol.call_stops import CALL_STOPS, Pass
from agent_tui.protocol.errors import Code, Refusal

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS

_SENTENCES: Final[dict[str, str]] = {
    "phone_off": "No telephone is set up at this desk: an admin sets `phone.region` in desk.toml.",
    "resolved": "This conversation is resolved: reopen it first.",
    "no_number": "There is no number: ask the customer for it, or type it.",
    "number_limit": "This number was called {most} times in 24 hours, the most it may be: carry on in the chat.",
    "chat_limit": "This customer was called {most} times in this conversation, the most they may be.",
    "agent_limit": "You made {most} calls within an hour, the most you may: wait a while.",
    "no_consent": "The customer did not ask to be called: ask them in the chat first.",
    "consent_not_on_record": "No request of the customer is on record: go on only if they agreed to be called.",
    "outside_hours": "It is {time} for the customer, outside the hours for calls: plan a callback.",
    "outside_hours_asked": "It is {time} for the customer, who asked to be called a moment ago.",
    "hours_unknown": "We don't know how late it is for the customer: ask them, or look before you call.",
    "customer_away": "The customer's page is closed: they won't read that we call, from a number they don't expect.",
    "no_provider": "Your team does not call by {way}.",
}
_STOP_OF: Final = {Why.NOT_VALID: "not_assigned"}


class Looked(Struct):
    """What was found."""

    stops: list[WireStop]
    number: Number | None = None
    last4: str = ""
    number_hmac: str = ""
    basis: Basis | None = None
    offered: int = 0
    their_time: str = ""
    zone: str = ""
    zones: tuple[str, ...] = ()
    next_hours: int = 0


def look(
    tx: Transaction,
    m: CallMoment,
    actor: Actor,
    row: ConversationRow,
    typed: str,
    basis_seq: int,
    *,
    later: bool = False,
) -> Looked:
    """Everything that speaks against calling now; or, `later`, against planning it: then hours are the plan's."""
    found = Looked([])
    visitor = tx.visitor(row.visitor)
    assert visitor is not None  # a foreign key holds it
    if not m.rules.on:
        found.stops.append(WireStop("phone_off", m.rules.off or _SENTENCES["phone_off"]))
        return found
    # who was promised a callback gets it, also when the chat about it was ended meanwhile
    if row.state == State.RESOLVED and open_in(tx, row.id) is None:
        _stop(found, actor, "resolved")
    _number(tx, m, actor, row, visitor, typed, found)
    if found.number is not None:
        _limits(tx, m, actor, row, found)
    offer = newest_offer(tx, row.id)
    found.offered = offer.at if offer is not None and offer.answered_at is None else 0
    found.basis = _basis(tx, row, offer, basis_seq)
    if found.basis is None:
        _stop(found, actor, "no_consent" if m.rules.settings.consent == "ask" else "consent_not_on_record")
    found.zones = zones_of(visitor.time_zone, "", found.number)
    _hours(m, actor, found, later=later)
    if not later and not m.rules.present(row.visitor):
        _stop(found, actor, "customer_away")
    return found


def standing(found: Looked, confirmed: tuple[str, ...]) -> WireStop | None:
    """The first stop that was not passed by who may pass it."""
    return next((stop for stop in found.stops if not (stop.passable and stop.code in confirmed)), None)


def passed(found: Looked, confirmed: tuple[str, ...]) -> tuple[str, ...]:
    """What was in the way and passed, for the record."""
    return tuple(stop.code for stop in found.stops if stop.code in confirmed)


def settled_basis(found: Looked, now: int) -> Basis | None:
    """The ground of a call that may be made: where none was on record, its agent says so."""
    return found.basis or Basis(BasisKind.AGENT_SAYS, "", now)


def known_number(tx: Transaction, row: ConversationRow, visitor: VisitorRow) -> str:
    """The number to call where none was typed: of the callback that waits, of the last call, as left for contact."""
    for kept in (open_in(tx, row.id), newest_in(tx, row.id)):
        if kept is not None and kept.call.number is not None:
            extension = kept.call.number.extension
            return kept.call.number.e164 + (f" ext {extension}" if extension else "")
    return visitor.phone


def sentence_of(code: str, **values: object) -> str:
    """A stop in words."""
    return _SENTENCES[code].format(**values)


def _stop(found: Looked, actor: Actor, code: str, at: int = 0, **values: object) -> None:
    said = _SENTENCES[code].format(**values)
    found.stops.append(WireStop(code, said, _may_pass(actor, code), at))


def _may_pass(actor: Actor, code: str) -> bool:
    who = CALL_STOPS[code]
    return who is Pass.AGENT or (who is Pass.ADMIN and actor.role is Role.ADMIN)


def _number(
    tx: Transaction, m: CallMoment, actor: Actor, row: ConversationRow, visitor: VisitorRow, typed: str, found: Looked
) -> None:
    text = typed.strip() or known_number(tx, row, visitor)
    if not text:
        _stop(found, actor, "no_number")
        return
    verdict = check(text, m.rules.policy)
    found.number = verdict.number
    found.last4 = "".join(digit for digit in text if digit.isdigit())[-4:]
    if verdict.number is not None:
        found.last4 = verdict.number.last4
        found.number_hmac = m.rules.hmac_of(verdict.number.e164)
        since = never_since(tx, found.number_hmac)
        if since is not None:
            found.number = None
            found.stops.append(WireStop("do_not_call", SENTENCE[Why.DO_NOT_CALL], passable=False, at=since))
            return
    if verdict.decision is not Decision.OK and verdict.why is not None:
        code = _STOP_OF.get(verdict.why, verdict.why.value)
        found.stops.append(WireStop(code, SENTENCE[verdict.why], _may_pass(actor, code)))


def _limits(tx: Transaction, m: CallMoment, actor: Actor, row: ConversationRow, found: Looked) -> None:
    rules = m.rules.settings
    if tries_of_number(tx, found.number_hmac, m.now - _DAY_MS) >= rules.calls_per_number_a_day:
        _stop(found, actor, "number_limit", most=rules.calls_per_number_a_day)
    if tries_in(tx, row.id) >= rules.calls_per_conversation:
        _stop(found, actor, "chat_limit", most=rules.calls_per_conversation)
    if tries_of_agent(tx, actor.id, m.now - _HOUR_MS) >= rules.calls_per_agent_an_hour:
        _stop(found, actor, "agent_limit", most=rules.calls_per_agent_an_hour)


def _basis(tx: Transaction, row: ConversationRow, offer: Offer | None, basis_seq: int) -> Basis | None:
    """The newest proof that the customer wants it; a no after it takes it away."""
    proofs: list[Basis] = []
    if basis_seq:
        entry = tx.entry(row.id, basis_seq)
        by_customer = (
            entry is not None
            and entry.author_kind == AuthorKind.CUSTOMER.value
            and entry.kind == EntryKind.PUBLIC
            and entry.withdrawn_at is None
        )
        if not by_customer:
            raise Refusal(Code.BAD_VALUE, f"Entry #{basis_seq} is no line of the customer's, so it proves nothing.")
        assert entry is not None
        proofs.append(Basis(BasisKind.CUSTOMER_REQUEST, str(basis_seq), entry.at))
    there = open_in(tx, row.id)
    if there is not None and there.call.basis is not None:
        proofs.append(there.call.basis)
    last = newest_in(tx, row.id)
    if last is not None and last.call.basis is not None and _may_be_tried_again(last.call):
        proofs.append(last.call.basis)
    if offer is not None and offer.answer == "yes" and offer.answered_at is not None:
        proofs.append(Basis(BasisKind.CUSTOMER_AGREED, str(offer.answered_seq), offer.answered_at))
    if offer is not None and offer.answer == "no" and offer.answered_at is not None:
        proofs = [proof for proof in proofs if (proof.at_ms or 0) > offer.answered_at]
    return max(proofs, key=lambda proof: proof.at_ms or 0, default=None)


def _may_be_tried_again(call: Call) -> bool:
    """They asked for this call and it was made: another one is what they asked for too, unless they declined it."""
    by_customer = call.basis is not None and call.basis.kind is not BasisKind.AGENT_SAYS
    return by_customer and call.dialled_ms is not None and call.reason is not Reason.CUSTOMER_REJECTED


def _hours(m: CallMoment, actor: Actor, found: Looked, *, later: bool) -> None:
    region = found.number.region if found.number is not None else m.rules.policy.region
    theirs = clock(found.zones, region, m.now)
    times = local_times(found.zones, m.now)
    found.their_time = "/".join(times)
    found.zone = found.zones[0] if len(found.zones) == 1 else ""
    if found.zones:
        # what a plan made now would get: their hours for calls, and ours
        planned = window(m.rules.hours(), m.rules.minded(found.zones), region, from_ms=m.now)
        found.next_hours = planned.not_before_ms if planned is not None else 0
    if later or m.rules.settings.hours == "always":
        return
    code = _HOURS_STOP.get(may_call(theirs.hour, found.basis, m.now))
    if code:
        _stop(found, actor, code, theirs.opens_ms or 0, time=found.their_time)


_HOURS_STOP: Final = {
    May.GO_WITH_NOTE: "outside_hours_asked",
    May.ASK: "hours_unknown",
    May.SCHEDULE: "outside_hours",
}
