"""What the card says of a call that was begun: how it goes, and afterwards how it went."""

from typing import Final, NamedTuple

from agent_tui.core.attention import clock
from agent_tui.core.contacts import ending
from agent_tui.core.phone.card_parts import (
    HAND_OVER,
    PHONE,
    WRITE,
    CardKey,
    CardView,
    Does,
    Hand,
    Known,
    Row,
    Tone,
    others_hint,
    packet_hint,
    shown_number,
    view,
)
from agent_tui.core.phone.reasons import MEANING
from agent_tui.model.call import Call, CallState, Reason
from agent_tui.model.text import SafeText

_BACK: Final = CardKey("escape", "back to writing", Does.WRITE)
_CANCEL: Final = CardKey("x", "stop the call", Does.CANCEL)
_HANG_UP: Final = CardKey("x", "hang up", Does.HANG_UP)
_SPOKE: Final = CardKey("1", "spoke", Does.SPOKE)
_NO_ANSWER: Final = CardKey("2", "no answer", Does.NO_ANSWER)
_WRONG: Final = CardKey("3", "wrong number", Does.WRONG_NUMBER)
_VOICEMAIL: Final = CardKey("4", "voicemail", Does.VOICEMAIL)
_NOTE: Final = CardKey("n", "add a note", Does.NOTE)
_NOT_CALLED: Final = CardKey("escape", "not called", Does.NOT_CALLED)
_DONE: Final = CardKey("escape", "put it away", Does.LEAVE)
_AGAIN: Final = CardKey(PHONE, "call again", Does.CHECK_AGAIN)
_QUEUE: Final = CardKey("q", "callback later", Does.QUEUE)
_NEVER: Final = CardKey("D", "never call this number", Does.NEVER)


class _Going(NamedTuple):
    says: str
    keys: tuple[CardKey, ...]
    tone: Tone = Tone.STRONG


_GOING: Final[dict[CallState, _Going]] = {
    CallState.DIALLING_AGENT: _Going("Your phone rings {clock} · pick it up", (_CANCEL, _BACK)),
    CallState.AGENT_ANSWERED: _Going("You're on. Ringing {name} …", (_CANCEL, _BACK)),
    CallState.DIALLING_CUSTOMER: _Going("You're on. Ringing {name} … {clock}", (_CANCEL, _BACK)),
    CallState.IN_CALL: _Going("In call {clock}", (_HANG_UP, _BACK), Tone.GOOD),
}
_RESULT_WORDS: Final = {
    "spoke": "spoke",
    "no_answer": "no answer",
    "wrong_number": "wrong number",
    "voicemail": "voicemail",
    "not_called": "not called",
}
_TO_SAY: Final = frozenset({Reason.CUSTOMER_HUNG_UP, Reason.AGENT_HUNG_UP, Reason.TIME_LIMIT, Reason.LOST})
"""Ends after which only the agent knows how it went."""
_OUR_SIDE: Final = frozenset({Reason.AGENT_UNREACHABLE, Reason.NETWORK, Reason.PROVIDER_ERROR})
"""Ends for which another way to call may help."""
_NO_MORE: Final = frozenset({Reason.CUSTOMER_REJECTED, Reason.NUMBER_NOT_IN_USE, Reason.NUMBER_INCOMPLETE})


def of_call(known: Known, _hand: Hand) -> CardView:
    """This agent's call in this chat."""
    assert known.call is not None
    if known.call.state is CallState.HANDED_OVER:
        return _handed_over(known, known.call)
    if known.call.state is CallState.ENDED:
        return _ended(known, known.call)
    return _going(known, known.call)


def of_colleague(known: Known, _hand: Hand) -> CardView:
    """Somebody else is calling in this chat."""
    assert known.call is not None
    who = known.call.agent_name or SafeText("A colleague")
    doing = _DOING[known.call.state].format(name=known.name)
    said = f"{who} {doing}: {_so_long(known.call, known.now_ms)}."
    return view(known, (Row(SafeText(said), Tone.WARN),), (_DONE,), asks=True, brief=f"{who} {doing}")


def of_other_chat(known: Known, _hand: Hand) -> CardView:
    """This agent is in a call somewhere else."""
    assert known.elsewhere is not None
    doing = _DOING_YOURSELF[known.elsewhere.state].format(name=known.elsewhere_name)
    said = f"You {doing}: {_so_long(known.elsewhere, known.now_ms)}."
    keys = (CardKey(PHONE, "go to it", Does.GO_TO_CALL), _DONE)
    return view(known, (Row(SafeText(said), Tone.WARN),), keys, asks=True, brief=f"You {doing}")


def _going(known: Known, call: Call) -> CardView:
    going = _GOING[call.state]
    way = next((one for one in known.ways if one.name == call.provider), None)
    passed = clock(max(0, known.now_ms - call.since_ms))
    said = going.says.format(clock=passed, name=known.name)
    if not (known.connected and call.connected):
        said = f"{said} · not connected, call continues"
    rows = [Row(SafeText(said), going.tone if known.connected and call.connected else Tone.WARN), _who(call)]
    if way is not None and way.simulated:
        rows.append(Row(SafeText("SIMULATED: no phone rings"), Tone.WARN))
    rows += [Row(line, Tone.CUSTOMER) for line in known.last_lines]
    keys = going.keys
    if way is not None and not (way.cancel if _CANCEL in keys else way.hangup):
        keys = (_BACK,)
    code = f" · code {call.code}" if call.code else ""
    simulated = " · SIMULATED" if way is not None and way.simulated else ""
    return view(known, rows, keys, brief=f"{said}{code}{simulated}", hints=(others_hint(known), packet_hint(known)))


def _handed_over(known: Known, call: Call) -> CardView:
    said = "Handed to your phone: scan the code, open the link, or dial the number."
    rows = [Row(SafeText(said), Tone.STRONG), _who(call)]
    if known.handed:
        rows.append(Row(known.handed, Tone.MUTED))
    rows += [Row(line, Tone.CUSTOMER) for line in known.last_lines]
    rows.append(Row(SafeText("How did it go?"), Tone.STRONG))
    keys = (_SPOKE, _NO_ANSWER, _WRONG, _VOICEMAIL, WRITE, _NOT_CALLED)
    number = shown_number(call.number) if call.number else ending(call.last4)
    return view(
        known,
        rows,
        keys,
        asks=True,
        brief=f"Handed over: {number}",
        hints=(others_hint(known), packet_hint(known)),
        qr=call.number.tel if call.number else "",
    )


def _ended(known: Known, call: Call) -> CardView:
    meaning = MEANING[call.reason or Reason.LOST]
    lasted = call.answered_ms is not None and call.ended_ms is not None
    length = f" after {clock(max(0, (call.ended_ms or 0) - (call.answered_ms or 0)))}" if lasted else ""
    said = f"Ended{length}. {meaning.sentence}"
    rows = [Row(SafeText(said), Tone.GOOD if meaning.spoke else Tone.WARN)]
    if call.result:
        rows.append(Row(SafeText(f"Kept: {_RESULT_WORDS.get(call.result, call.result)}."), Tone.GOOD))
        return view(known, rows, (_NOTE, _AGAIN, _QUEUE, _NEVER, _DONE), asks=True, brief=said)
    if call.reason in _TO_SAY:
        rows.append(Row(SafeText("How did it go?"), Tone.STRONG))
        # the note comes after: with it an answer is kept, which only the agent knows
        answers = (_SPOKE, _NO_ANSWER, _WRONG, _VOICEMAIL, WRITE, _DONE)
        return view(known, rows, answers, asks=True, brief=f"Ended{length}. How did it go?")
    again = () if call.reason in _NO_MORE else (_AGAIN,)
    if call.reason in _OUR_SIDE and known.hand_over() is not None:
        again = (*again, HAND_OVER)
    return view(known, rows, (*again, _QUEUE, _NOTE, _DONE), asks=True, brief=said)


def _who(call: Call) -> Row:
    """The number, and the code that the agent says first."""
    code = f" · say the code {call.code} first" if call.code else ""
    if call.number is None:
        return Row(SafeText(f"{ending(call.last4)}{code}"))
    extension = f" ext. {call.number.extension}" if call.number.extension else ""
    return Row(SafeText(f"{extension}{code}"), number=call.number)


def _so_long(call: Call, now_ms: int) -> str:
    """How long it has been so."""
    return clock(max(0, now_ms - call.since_ms))


_DOING: Final[dict[CallState, str]] = {
    CallState.QUEUED: "has a callback to {name}",
    CallState.CLAIMED: "has the callback to {name}",
    CallState.REQUESTED: "is about to call {name}",
    CallState.DIALLING_AGENT: "is calling {name}",
    CallState.AGENT_ANSWERED: "is calling {name}",
    CallState.DIALLING_CUSTOMER: "is calling {name}",
    CallState.IN_CALL: "is in a call with {name}",
    CallState.HANDED_OVER: "has {name}'s number on their own phone",
}
_DOING_YOURSELF: Final[dict[CallState, str]] = {
    CallState.QUEUED: "have a callback to {name}",
    CallState.CLAIMED: "have the callback to {name}",
    CallState.REQUESTED: "are about to call {name}",
    CallState.DIALLING_AGENT: "are calling {name}",
    CallState.AGENT_ANSWERED: "are calling {name}",
    CallState.DIALLING_CUSTOMER: "are calling {name}",
    CallState.IN_CALL: "are in a call with {name}",
    CallState.HANDED_OVER: "have {name}'s number on your own phone",
}
