"""What stands in the way of a call, and the keys that go on from there: one table by the code of the stop."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent_tui.core.phone.card_parts import (
    HAND_OVER,
    LEAVE,
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
    "no_number": "Asked for a number. It is offered here when it comes; nothing is dialled by itself.",
    "no_consent": "Asked “shall I call you?”. A yes is shown here; nothing is dialled by itself.",
}
_CALL_THROUGH: Final = frozenset({"no_provider", "provider_not_ready"})


def _planned(checks: CallChecks) -> str:
    """When it would be called, by the customer's own clock."""
    if checks.next_hours_ms is None:
        return _SCHEDULE.words
    try:
        there = datetime.fromtimestamp(checks.next_hours_ms / 1_000, ZoneInfo(checks.zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _SCHEDULE.words
    return there.strftime("plan it for %a %H:%M there")


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
    rows = [*about_number(known, hand), Row(stop.sentence, Tone.WARN if keys else Tone.BAD)]
    asked_ms = max(hand.asked_ms, known.checks.offered_ms or 0)
    if asked_ms and stop.code in _WAITS_FOR:
        rows.append(Row(SafeText(_WAITS_FOR[stop.code]), Tone.GOOD))
        keys = [key for key in keys if key.does is not Does.ASK]
    elif hand.said_no and stop.code in _WAITS_FOR:
        rows.append(Row(SafeText("They said no to a call: carry on in the chat."), Tone.WARN))
    return view(known, rows, (*keys, LEAVE), asks=True, brief=stop.sentence)
