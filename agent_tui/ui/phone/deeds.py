"""What each key of the call card does: one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from agent_tui.core.contacts import ending
from agent_tui.core.phone.card_parts import CardKey, Does, shown_number
from agent_tui.core.phone.held import my_callback, newest_call
from agent_tui.model.call import Call, CallId, CallState
from agent_tui.model.ids import NO_CID, ClientId, rising_uuid7
from agent_tui.ports.call_intents import CancelCall, DoNotCall, HangUp, OfferCall, QueueCall, ReleaseCall, SayOutcome
from agent_tui.ports.calling import Result
from agent_tui.ui.chat_words import plain

if TYPE_CHECKING:
    from agent_tui.ui.phone.calling import Calling

Deed = Callable[["Calling", CardKey], None]


def _call(calling: Calling) -> Call | None:
    return newest_call(calling.console.state, calling.ref) if calling.ref else None


def _leave(calling: Calling, _key: CardKey) -> None:
    console = calling.console
    call = my_callback(console.state, calling.ref) if calling.ref is not None else None
    calling.put_away()
    if call is not None and console.account is not None:
        console.account.wish(ReleaseCall(call.ref, call.id))
        console.say("The callback went back to the queue: the customer still waits for it.")


def _undo(calling: Calling, _key: CardKey) -> None:
    calling.put_away()
    calling.console.say("Undone: nothing was dialled, nobody noticed.")


def _count(calling: Calling, _key: CardKey) -> None:
    calling.count()


def _call_now(calling: Calling, _key: CardKey) -> None:
    calling.dial()


def _choose(calling: Calling, key: CardKey) -> None:
    if key.at < len(calling.numbers):
        calling.check(calling.numbers[key.at].number)


def _next(calling: Calling, _key: CardKey) -> None:
    calling.hold(at=(calling.hand.at + 1) % max(1, len(calling.numbers)))


def _type(calling: Calling, _key: CardKey) -> None:
    from agent_tui.ui.phone.asking import ask_number

    ask_number(calling)


def _ask(calling: Calling, _key: CardKey) -> None:
    console, ref = calling.console, calling.ref
    if ref is None:
        return
    number = calling.checks.number.e164 if calling.checks and calling.checks.number else ""
    done = "Asked: the answer is offered on the card" if number else "Asked for a number: it is offered on the card"
    console.wish(OfferCall(ref, number), done)
    calling.hold(asked_ms=console.options.clock(), said_no=False)


def _go_on(calling: Calling, _key: CardKey) -> None:
    stops = calling.checks.stops if calling.checks else ()
    stop = next((one for one in stops if one.code not in calling.hand.passed and one.passable), None)
    if stop is not None:
        calling.hold(passed=calling.hand.passed | {stop.code})


def _check_again(calling: Calling, _key: CardKey) -> None:
    call = _call(calling)
    if call is not None and not call.is_open:
        calling.put_away()
        calling.open()
    else:
        calling.check(calling.hand.chosen or None)


def _schedule(calling: Calling, _key: CardKey) -> None:
    checks = calling.checks
    _plan(calling, checks.next_hours_ms if checks else None)


def _queue(calling: Calling, _key: CardKey) -> None:
    _plan(calling, None)


def _plan(calling: Calling, not_before_ms: int | None) -> None:
    console, ref, checks = calling.console, calling.ref, calling.checks
    if ref is None:
        return
    call = _call(calling)
    known = checks.number if checks and checks.number else call.number if call else None
    passable = {stop.code for stop in checks.stops if stop.passable} if checks else set()
    wish = QueueCall(
        ref,
        CallId(rising_uuid7("")),
        number=known.e164 if known else "",
        not_before_ms=not_before_ms,
        basis_entry=calling.offers.asked_in(ref),
        confirmed=tuple(sorted(calling.hand.passed & passable)),
    )
    console.wish(wish, "A callback is planned; the customer was told when")
    calling.put_away()


def _hand_over(calling: Calling, _key: CardKey) -> None:
    known = calling.checks.ways if calling.checks else ()
    way = next((one for one in known or calling.console.state.telephone.ways if not one.tracked), None)
    call = _call(calling)
    if call is not None and not call.is_open:
        calling.put_away()
        calling.open()
    if way is not None:
        through = frozenset({"no_provider", "provider_not_ready"})
        calling.hold(way=way.name, passed=calling.hand.passed | through)


def _go_to_call(calling: Calling, _key: CardKey) -> None:
    from agent_tui.core.phone.held import my_call

    call = my_call(calling.console.state)
    calling.put_away()
    if call is not None:
        calling.console.show(call.ref)


def _cancel(calling: Calling, _key: CardKey) -> None:
    call = _call(calling)
    if call is not None:
        calling.console.wish(CancelCall(call.ref, call.id), "The call is stopped", _told_of(calling, call))


def _told_of(calling: Calling, call: Call) -> Callable[[bool], None]:
    """A cancel can lose against an answer: then what is true is said, and hanging up is the key."""

    def told(done: bool) -> None:
        now = calling.console.state.calls.get(call.id)
        if done and now is not None and now.state is CallState.IN_CALL:
            calling.console.say("Too late to stop it: you are in call. x hangs up.", "bold $warning")
        calling.changed()

    return told


def _hang_up(calling: Calling, _key: CardKey) -> None:
    call = _call(calling)
    if call is not None:
        calling.console.wish(HangUp(call.ref, call.id), "Hung up")


def _went(result: Result) -> Deed:
    def say(calling: Calling, _key: CardKey) -> None:
        _say_outcome(calling, result)

    return say


def _say_outcome(calling: Calling, result: Result, note: str = "") -> None:
    call = _call(calling)
    if call is not None:
        cid = ClientId(rising_uuid7("")) if note else NO_CID
        words = result.value.replace("_", " ")
        calling.console.wish(SayOutcome(call.ref, call.id, result, note, cid), f"Kept about the call: {words}")


def _note(calling: Calling, _key: CardKey) -> None:
    from agent_tui.ui.screens.asking import AskText

    call = _call(calling)
    if call is None:
        return
    result = Result(call.result) if call.result else Result.SPOKE if call.answered_ms else Result.NO_ANSWER

    def keep(note: str | None) -> None:
        if note:
            _say_outcome(calling, result, note)

    title = plain("A note about the call: the team sees it, the customer does not", "bold")
    calling.console.app.push_screen(AskText(title, "", enter="Enter keeps it, Esc leaves it"), keep)


def _write(calling: Calling, _key: CardKey) -> None:
    calling.console.chat.composer.focus_text()


def _never(calling: Calling, _key: CardKey) -> None:
    """Asked once more: the customer is told, and only an admin can lift it."""
    from agent_tui.ui.screens.question import Answer, Question

    call = _call(calling)
    if call is None:
        return
    ref, number = call.ref, call.number
    shown = shown_number(number) if number else ending(call.last4)

    def answer(never: bool | None) -> None:
        if never:
            done = "This number is on the do-not-call list; the customer was told"
            calling.console.wish(DoNotCall(ref, number.e164 if number else ""), done)

    title = plain(f"Never call {shown} again?", "bold")
    answers = [Answer("n", plain("leave it as it is"), False), Answer("v", plain("never; an admin can lift it"), True)]
    calling.console.app.push_screen(Question(title, answers), answer)


DEEDS: Final[dict[Does, Deed]] = {
    Does.LEAVE: _leave,
    Does.COUNT: _count,
    Does.CALL_NOW: _call_now,
    Does.UNDO: _undo,
    Does.CHOOSE: _choose,
    Does.NEXT: _next,
    Does.TYPE: _type,
    Does.ASK: _ask,
    Does.GO_ON: _go_on,
    Does.CHECK_AGAIN: _check_again,
    Does.SCHEDULE: _schedule,
    Does.QUEUE: _queue,
    Does.HAND_OVER: _hand_over,
    Does.GO_TO_CALL: _go_to_call,
    Does.CANCEL: _cancel,
    Does.HANG_UP: _hang_up,
    Does.SPOKE: _went(Result.SPOKE),
    Does.NO_ANSWER: _went(Result.NO_ANSWER),
    Does.WRONG_NUMBER: _went(Result.WRONG_NUMBER),
    Does.VOICEMAIL: _went(Result.VOICEMAIL),
    Does.NOT_CALLED: _went(Result.NOT_CALLED),
    Does.NOTE: _note,
    Does.WRITE: _write,
    Does.NEVER: _never,
}
