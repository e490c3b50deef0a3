"""What stands in the way of a call, and the keys that go on from there: one table by the code of the stop."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent_tui.core.attention import clock
from agent_tui.core.phone.card_parts import (
    HAND_OVER,
    LEAVE,
    WRITE,
    CardKey,
    CardView,
    Does,
    Hand,
    Known,
    Row,
    Tone,
    about_number,
    view,
)
from agent_tui.model.telephone import CallChecks, Stop
from agent_tui.model.text import SafeText

_ASK_NUMBER: Final = CardKey("a", "ask for one", Does.ASK)
_TYPE: Final = CardKey("e", "type it", Does.TYPE)
_EDIT: Final = CardKey("e", "edit it", Does.TYPE)
_OTHER: Final = CardKey("e", "another number", Does.TYPE)
_ASK_ANOTHER: Final = CardKey("a", "ask for another", Does.ASK)
_PASS: Final = CardKey("y", "call anyway", Does.GO_ON)
_AGREED: Final = CardKey("y", "they agreed: kept as said by you", Does.GO_ON)
_MAY_I: Final = CardKey("a", "ask “shall I call you?”", Does.ASK)
_QUEUE: Final = CardKey("q", "queue a callback", Does.QUEUE)
_SCHEDULE: Final = CardKey("s", "plan it for their next hours", Does.SCHEDULE)
_AGAIN: Final = CardKey("r", "check again", Does.CHECK_AGAIN)

_ANOTHER: Final = (_OTHER, _ASK_ANOTHER)
KEYS: Final[dict[str, tuple[CardKey, ...]]] = {
    "phone_off": (),
    "resolved": (),
    "no_number": (_ASK_NUMBER, _TYPE),
    "emergency": _ANOTHER,
    "not_a_number": (_EDIT, _ASK_ANOTHER),
    "too_short": (_EDIT, _ASK_ANOTHER),
    "too_long": (_EDIT, _ASK_ANOTHER),
    "no_country": _ANOTHER,
    "country_not_allowed": _ANOTHER,
    "region_not_allowed": _ANOTHER,
    "premium": _ANOTHER,
    "no_person": _ANOTHER,
    "do_not_call": (_OTHER,),
    "number_limit": (_QUEUE, _OTHER),
    "chat_limit": (_QUEUE,),
    "agent_limit": (_QUEUE,),
    "not_assigned": (_EDIT, _PASS),
    "company_line": (_PASS, _OTHER),
    "no_consent": (_MAY_I,),
    "consent_not_on_record": (_AGREED, _MAY_I),
    "outside_hours": (_SCHEDULE,),
    "outside_hours_asked": (_SCHEDULE, _PASS),
    "hours_unknown": (_PASS, _SCHEDULE),
    "customer_away": (_PASS, _QUEUE),
    "no_provider": (_QUEUE, _AGAIN),
    "provider_not_ready": (_QUEUE, _AGAIN),
}
"""What goes on from each stop, the likeliest key first. A stop of a newer desk offers `y` if it may be passed."""
_WAITS_FOR: Final = {
    "no_number": "Asked for a number {ago} ago, waiting for the answer. Nothing is dialled by itself.",
    "no_consent": "Asked “shall I call you?” {ago} ago, waiting for the answer. Nothing is dialled by itself.",
}
_REFUSED: Final = frozenset(
    {"emergency", "no_country", "country_not_allowed", "region_not_allowed", "premium", "no_person", "do_not_call"}
)
"""Never dialled from here, whoever asks: another number is the only way on."""
_CALL_THROUGH: Final = frozenset({"no_provider", "provider_not_ready"})


def _planned(checks: CallChecks) -> str:
    """When it would be called, by the customer's own clock."""
    there = _there(checks, checks.next_hours_ms)
    return there.strftime("plan it for %a %H:%M there") if there is not None else _SCHEDULE.words


def _since(checks: CallChecks, stop: Stop) -> str:
    """Since when they are not to be called."""
    there = _there(checks, stop.at_ms) if stop.code == "do_not_call" else None
    return f" Since {there.day} {there:%B %Y}." if there is not None else ""


def _there(checks: CallChecks, at_ms: int | None) -> datetime | None:
    """A moment by the customer's clock; None where that isn't known."""
    try:
        return datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(checks.zone)) if at_ms is not None else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def stops(known: Known, hand: Hand) -> list[Stop]:
    """What still stands in the way: what the backend says and wasn't passed, and a way that isn't ready."""
    if known.checks is None:
        return []
    way = known.way(hand)
    found = [stop for stop in known.checks.stops if stop.code not in hand.passed]
    if way is not None and not way.ready and not any(stop.code in _CALL_THROUGH for stop in found):
        found.append(Stop("provider_not_ready", way.hint or SafeText(f"{way.title} is not ready to call.")))
    return found


def of_stop(known: Known, hand: Hand) -> CardView:
    """The first stop that wasn't passed: its sentence, and the keys that go on."""
    assert known.checks is not None
    stop = stops(known, hand)[0]
    keys = list(KEYS.get(stop.code, ()))
    if not stop.passable:
        keys = [key for key in keys if key.does is not Does.GO_ON]
    elif not any(key.does is Does.GO_ON for key in keys):
        keys.append(_PASS)
    keys = [key._replace(words=_planned(known.checks)) if key.does is Does.SCHEDULE else key for key in keys]
    if stop.code in _CALL_THROUGH and known.hand_over() is not None:
        keys.insert(0, HAND_OVER)
    asked_ms = max(hand.asked_ms, known.checks.offered_ms or 0)
    if asked_ms and stop.code in _WAITS_FOR:
        return _waiting(known, hand, stop, keys, asked_ms)
    if hand.said_no and stop.code in _WAITS_FOR:
        return _said_no(known, hand, keys)
    grave = not keys or (stop.code in _REFUSED and not stop.passable)
    sentence = SafeText(f"{stop.sentence}{_since(known.checks, stop)}")
    rows = [*about_number(known, hand), Row(sentence, Tone.BAD if grave else Tone.WARN)]
    return view(known, rows, (*keys, LEAVE), asks=True, brief=stop.sentence)


def _said_no(known: Known, hand: Hand, keys: Sequence[CardKey]) -> CardView:
    """The answer is a no: asking once more is no key of this card."""
    said = "They said no to a call: carry on in the chat."
    others = [key for key in keys if key.does is not Does.ASK]
    return view(
        known, (*about_number(known, hand), Row(SafeText(said), Tone.WARN)), (*others, LEAVE), asks=True, brief=said
    )


def _waiting(known: Known, hand: Hand, stop: Stop, keys: Sequence[CardKey], asked_ms: int) -> CardView:
    """The customer was asked and has not answered: that is how it stands, not what was missing before."""
    said = _WAITS_FOR[stop.code].format(ago=clock(max(0, known.now_ms - asked_ms)))
    rows = (*about_number(known, hand), Row(SafeText(said), Tone.GOOD))
    others = [key for key in keys if key.does is not Does.ASK]
    return view(known, rows, (*others, WRITE, LEAVE), asks=True, brief="asked, waiting for the answer")
