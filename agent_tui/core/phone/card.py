"""What the call card says: which case it is, in which order the cases are looked at, which keys go on from there.

Pure. The card's owner (`ui.calling`) says what is known and what the agent did with the card; the answer is what is
shown. A card that `asks` needs a key of its agent before anything goes on; one that counts down needs none.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from agent_tui.core.phone.card_of_call import of_call, of_colleague, of_other_chat
from agent_tui.core.phone.card_parts import (
    LEAVE,
    PHONE,
    CardKey,
    CardView,
    Does,
    Hand,
    Known,
    Row,
    Tone,
    about_number,
    number_words,
    packet_hint,
    view,
)
from agent_tui.core.phone.card_stops import of_stop, stops
from agent_tui.model.call import BasisKind, CallState
from agent_tui.model.text import SafeText

__all__ = ["NOT_BEGUN", "card", "counts_down", "held_up"]


def card(known: Known, hand: Hand) -> CardView:
    """What the card shows: the first case that is so."""
    return next(case.shows(known, hand) for case in _CASES if case.so(known, hand))


def counts_down(known: Known, hand: Hand) -> bool:
    """Whether the clock may start: every check is green, one number is meant, and nothing waits for a key."""
    return known.countdown_ms is not None and next(case for case in _CASES if case.so(known, hand)).so is _green


def held_up(known: Known, hand: Hand) -> bool:
    """Whether what is in the way ends without this agent, who may have turned to something else by then."""
    shown = next(case.so for case in _CASES if case.so(known, hand))
    return shown in (_colleague_calls, _called_elsewhere, _unconnected)


class _Case(NamedTuple):
    so: Callable[[Known, Hand], bool]
    shows: Callable[[Known, Hand], CardView]


def _call_here(known: Known, _hand: Hand) -> bool:
    """A call of this agent's in this chat that has begun, or ended and was not put away."""
    call = known.call
    return call is not None and known.mine and call.state not in NOT_BEGUN


def _colleague_calls(known: Known, _hand: Hand) -> bool:
    return known.call is not None and known.call.is_open and not known.mine and known.call.state is not CallState.QUEUED


def _called_elsewhere(known: Known, _hand: Hand) -> bool:
    return known.elsewhere is not None


def _unconnected(known: Known, _hand: Hand) -> bool:
    return not known.connected


def _refused(_known: Known, hand: Hand) -> bool:
    return bool(hand.problem)


def _unchecked(known: Known, _hand: Hand) -> bool:
    return known.numbers is None


def _undecided(known: Known, hand: Hand) -> bool:
    return not hand.chosen and known.numbers is not None and len(known.numbers) > 1


def _checking(known: Known, _hand: Hand) -> bool:
    return known.checks is None


def _stopped(known: Known, hand: Hand) -> bool:
    return bool(stops(known, hand))


def _no_way(known: Known, hand: Hand) -> bool:
    return known.way(hand) is None


def _was_held_up(_known: Known, hand: Hand) -> bool:
    return hand.held_up


def _came_late(_known: Known, hand: Hand) -> bool:
    return hand.came_late


def _counting(_known: Known, hand: Hand) -> bool:
    return hand.counting_ms is not None


def _starting(_known: Known, hand: Hand) -> bool:
    return hand.started


def _green(_known: Known, _hand: Hand) -> bool:
    return True


def _show_refused(known: Known, hand: Hand) -> CardView:
    return view(
        known,
        (*about_number(known, hand), Row(SafeText(hand.problem), Tone.BAD)),
        (CardKey("r", "check again", Does.CHECK_AGAIN), LEAVE),
        asks=True,
        brief=hand.problem,
    )


def _show_unconnected(known: Known, _hand: Hand) -> CardView:
    said = f"Not connected: nothing was dialled. {known.phone_key} again once the line is back."
    return view(
        known, (Row(SafeText(said), Tone.WARN),), (LEAVE,), asks=True, brief="not connected: nothing was dialled"
    )


def _show_checking(known: Known, hand: Hand) -> CardView:
    rows = (*about_number(known, hand), Row(SafeText("Checking …"), Tone.MUTED))
    return view(known, rows, (LEAVE,), brief="checking …", counts=True)


def _show_choice(known: Known, hand: Hand) -> CardView:
    numbers = known.numbers or ()
    rows = [Row(SafeText("Which number? The newest is first."), Tone.STRONG)]
    for at, one in enumerate(numbers):
        rows.append(Row(SafeText(f"{at + 1}  {one.shown}  {one.source}"), Tone.PLAIN, here=at == hand.at))
    keys = [CardKey(str(at + 1), "", Does.CHOOSE, at) for at in range(len(numbers[:9]))]
    keys = [keys[0]._replace(words=f"to {len(keys)} chooses"), *keys[1:]]
    keys += [
        CardKey("tab", "next", Does.NEXT),
        CardKey("enter", "this one", Does.CHOOSE, hand.at % len(numbers)),
        CardKey("e", "type another", Does.TYPE),
        LEAVE,
    ]
    return view(known, rows, keys, asks=True, brief=f"{len(numbers)} numbers: which one?")


def _show_no_way(known: Known, hand: Hand) -> CardView:
    said = "There is no way to call set up here: an admin does that on the desk."
    rows = (*about_number(known, hand), Row(SafeText(said), Tone.WARN))
    return view(known, rows, (CardKey("q", "queue a callback", Does.QUEUE), LEAVE), asks=True, brief=said)


def _show_offer(known: Known, hand: Hand) -> CardView:
    basis = known.checks.basis if known.checks else None
    agreed = basis is not None and basis.kind is BasisKind.CUSTOMER_AGREED
    said = f"{known.name} {'said yes' if agreed else 'sent a number'}. Nothing is dialled by itself."
    rows = (*about_number(known, hand), Row(SafeText(said), Tone.GOOD))
    keys = (CardKey(PHONE, "call it", Does.COUNT), CardKey("e", "type another", Does.TYPE), LEAVE)
    return view(known, rows, keys, asks=True, brief=f"{number_words(known)}: {known.phone_key} calls it")


def _show_counting(known: Known, hand: Hand) -> CardView:
    seconds = max(1, -(-(hand.counting_ms or 0) // 1_000))
    way = known.way(hand)
    hands_over = way is not None and not way.tracked
    said = f"{'Handing over' if hands_over else 'Calling'} {number_words(known)} in {seconds}"
    rows = (*about_number(known, hand), Row(SafeText(said), Tone.STRONG))
    keys = (CardKey(PHONE, "now", Does.CALL_NOW), CardKey("escape", "undo: nobody noticed", Does.UNDO))
    simulated = " · SIMULATED" if way is not None and way.simulated else ""
    return view(known, rows, keys, counts=True, hints=(packet_hint(known),), brief=f"{said}{simulated}")


def _show_ready(known: Known, hand: Hand) -> CardView:
    rows = (*about_number(known, hand), Row(SafeText(f"{known.phone_key} calls {number_words(known)}."), Tone.STRONG))
    return view(
        known,
        rows,
        (CardKey(PHONE, "call", Does.CALL_NOW), LEAVE),
        brief=f"{number_words(known)}: {known.phone_key} calls",
        counts=True,
        hints=(packet_hint(known),),
    )


def _show_starting(known: Known, hand: Hand) -> CardView:
    rows = (*about_number(known, hand), Row(SafeText("Starting …"), Tone.STRONG))
    return view(known, rows, (), brief="starting …")


NOT_BEGUN: Final = frozenset({CallState.QUEUED, CallState.REQUESTED, CallState.CLAIMED})
"""Nothing rings yet: there is a card only where one was opened."""
_CASES: Final = (
    _Case(_call_here, of_call),
    _Case(_colleague_calls, of_colleague),
    _Case(_called_elsewhere, of_other_chat),
    _Case(_unconnected, _show_unconnected),
    _Case(_refused, _show_refused),
    _Case(_unchecked, _show_checking),
    _Case(_undecided, _show_choice),
    _Case(_checking, _show_checking),
    _Case(_stopped, of_stop),
    _Case(_no_way, _show_no_way),
    _Case(_starting, _show_starting),
    _Case(_counting, _show_counting),
    _Case(_came_late, _show_offer),
    _Case(_was_held_up, _show_ready),
    _Case(_green, _show_ready),
)
