"""The call card of the chat that is shown: when it opens, what its keys do, and the countdown before a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from agent_tui.core.phone.card import NOT_BEGUN, card, counts_down, held_up
from agent_tui.core.phone.card_parts import PHONE, Candidate, CardKey, CardView, Hand, Known
from agent_tui.core.phone.held import my_callback
from agent_tui.core.state import LinkState
from agent_tui.model.call import CallId
from agent_tui.model.ids import ConversationRef
from agent_tui.model.telephone import CallChecks
from agent_tui.ports.errors import PortError
from agent_tui.ui.phone.card_focus import GUARD_S, CardFocus
from agent_tui.ui.phone.finding import claimed_number, find_numbers
from agent_tui.ui.phone.handing import HandingOver, code_rows
from agent_tui.ui.phone.known import call_of, known_of
from agent_tui.ui.phone.making import Making
from agent_tui.ui.phone.offers import Offers
from agent_tui.ui.phone.own_call import OwnCall

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from agent_tui.core.state import Changes
    from agent_tui.ui.screens.console import ConsoleScreen
    from agent_tui.ui.widgets.call_card import CallCard

TICK_S: Final = 0.1


class Calling:
    """One card at a time, about the chat in the header. Leaving the chat during the countdown undoes it."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self.handing = HandingOver(console)
        self.offers = Offers(console)
        self.focus = CardFocus(console)
        self._own_call = OwnCall(console)
        self._ref: ConversationRef | None = None
        self._opened_with: CallId | None = None
        """The callback that was claimed here when the card was opened."""
        self._hand = Hand()
        self._numbers: tuple[Candidate, ...] | None = None
        self._checks: CallChecks | None = None
        self._making: Making | None = None
        self._until: float | None = None
        self._pressed_at = -GUARD_S
        self._ticking = False
        self._away: set[CallId] = set()
        """Calls whose card was put away."""
        self._round = 0
        """Counts what was asked: an answer to an older question shows nothing."""

    # --- what is shown ---

    def made(self) -> CallCard:
        """The card's widget, made when the chat is."""
        from agent_tui.ui.widgets.call_card import CallCard

        phone_key = self._console.keys.shown("call.phone")
        return CallCard(self.view, code_rows, phone_key)

    @property
    def widget(self) -> CallCard:
        """The card on the screen."""
        return self._console.chat.call_card

    @property
    def is_open(self) -> bool:
        """A card was opened and not put away."""
        return self._ref is not None

    def view(self) -> CardView | None:
        """What the card says now; None where there is none."""
        ref = self._console.tabs.shown
        if ref is None or self._console.account is None:
            return None
        if ref != self._ref and call_of(self._console.state, ref, self._away) is None:
            return None  # asked at every key: most have nothing to do with calls
        known = self._known()
        if known is None:
            return None
        begun = known.call is not None and known.mine and known.call.state not in NOT_BEGUN
        if ref != self._ref and not begun:
            return None
        return card(known, self._hand_now())

    def changed(self, changes: Changes | None = None) -> None:
        """Something moved: paint the card, start the clock where nothing stands in the way, take the focus if asked."""
        if not self._console.built:
            return
        if changes is not None:
            self.offers.changed(changes)
        if changes is not None and self._has_another_callback():
            self._forget()
        if changes is not None and self._ref is not None and self._ref in changes.transcripts | changes.records:
            self._look_again()
        self._take_the_answer()
        self._own_call.read_number()
        self._count()
        self._paint()
        self.focus.settle(self.view())

    def attached(self) -> None:
        """The account is open."""
        self._run(self.offers.prepare())

    def shown_changed(self) -> None:
        """Another chat is shown: a countdown that nobody sees any more is undone."""
        if self._console.tabs.shown is not None:
            self.offers.shown(self._console.tabs.shown)
        if self._ref is not None and self._ref != self._console.tabs.shown:
            if self._until is not None:
                self._console.say("The call was undone: you left its chat. Nobody noticed.")
            self.put_away()
        self.changed()

    def tick(self) -> None:
        """Time has passed."""
        if self._until is not None and self._now() >= self._until:
            self.dial()
        self._own_call.renew()
        if self._console.built and self.widget.display:
            self._paint()

    # --- keys ---

    def phone_key(self) -> None:
        """F9: opens the card, calls now, or puts the focus on the card's keys and back."""
        now = self._now()
        if now - self._pressed_at < GUARD_S:
            return
        self._pressed_at = now
        view = self.view()
        if view is None:
            self.open()
        elif view.asks and not self.focus.there:
            self.focus.take()
        elif (key := view.key(PHONE)) is not None:
            self.do(key)
        elif self.focus.there:
            self.focus.give_back()
        else:
            self.focus.take()

    def do(self, key: CardKey) -> None:
        """Do what a key of the card asks for."""
        from agent_tui.ui.phone.deeds import DEEDS

        self.focus.acted()
        DEEDS[key.does](self, key)

    def open(self) -> None:
        """Open the card for the chat in the header; it paints before anything is checked."""
        self._ref = self._console.tabs.shown
        callback = my_callback(self._console.state, self._ref) if self._ref is not None else None
        self._opened_with = callback.id if callback is not None else None
        self._hand = Hand()
        self._numbers = self._checks = self._making = self._until = None
        self.focus.wanted = True
        self.changed()
        self._console.chat.tick()  # what was offered in the recipient's line is on the card now
        self.check()

    def put_away(self) -> None:
        """Close the card. What was reserved is given back."""
        self._round += 1
        if self._until is not None and self._making is not None:
            self._run(self._making.undo())
        ref = self._ref or self._console.tabs.shown
        call = call_of(self._console.state, ref) if ref is not None else None
        if call is not None and not call.is_open:
            self._away.add(call.id)
        self._ref = self._until = self._making = None
        self.changed()
        self._console.chat.tick()
        self.focus.give_back()

    # --- what the deeds are made of ---

    @property
    def console(self) -> ConsoleScreen:
        """The screen it is on."""
        return self._console

    @property
    def ref(self) -> ConversationRef | None:
        """The chat it is about."""
        return self._console.tabs.shown

    @property
    def hand(self) -> Hand:
        """What the agent did with this card."""
        return self._hand

    @property
    def checks(self) -> CallChecks | None:
        """What was checked."""
        return self._checks

    @property
    def numbers(self) -> tuple[Candidate, ...]:
        """The numbers that could be meant."""
        return self._numbers or ()

    def hold(self, **changed: object) -> None:
        """The agent did something with the card."""
        self._hand = msgspec.structs.replace(self._hand, **changed)
        self.focus.wanted = True
        self.changed()

    def check(self, number: str | None = None) -> None:
        """Look at all of it anew; `number` is one that was chosen or typed."""
        if number is not None:
            self._hand = Hand(chosen=number)
        self._hand = msgspec.structs.replace(self._hand, problem="", started=False)
        self._checks = self._making = self._until = None
        self._round += 1
        self.focus.wanted = True
        self.changed()
        self._run(self._check(self._round))

    def count(self) -> None:
        """Start the countdown by a key."""
        self._hand = msgspec.structs.replace(self._hand, came_late=False)
        self.changed()

    def dial(self) -> None:
        """The countdown is over, or its end was asked for."""
        making = self._making or self._reserve()
        known = self._known()
        way = known.way(self._hand) if known else None
        self._until = None
        if making is None or way is None:
            return
        self._hand = msgspec.structs.replace(self._hand, started=True)
        self.offers.seen_to(making.ref)
        self.changed()
        self._run(making.dial(way, self.handing.hand_over))

    # --- inside ---

    def _forget(self) -> None:
        """What was looked at so far is of an older call: the next card looks anew."""
        self._round += 1
        self._hand = Hand()
        self._numbers = self._checks = self._ref = self._making = self._until = None

    def _has_another_callback(self) -> bool:
        """A callback was claimed in this chat, and the card is about what was before it."""
        call = my_callback(self._console.state, self._ref) if self._ref is not None else None
        if call is None:
            return False
        if self._making is not None:
            return self._making.call is not None and self._making.call.id != call.id
        return call.id != self._opened_with

    def _known(self) -> Known | None:
        ref = self._console.tabs.shown
        return known_of(self._console, ref, self._numbers, self._checks, self._away) if ref else None

    def _now(self) -> float:
        return self._console.app.now_s()  # type: ignore[attr-defined, no-any-return]

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._console.run_worker(work, group="calling", exit_on_error=False)

    def _hand_now(self) -> Hand:
        if self._until is None:
            return self._hand
        left_ms = max(0, round((self._until - self._now()) * 1_000))
        return msgspec.structs.replace(self._hand, counting_ms=left_ms)

    async def _check(self, asked: int) -> None:
        console, ref = self._console, self._ref
        if console.account is None or ref is None:
            return
        waited = self._hand.asked_ms
        claimed = await claimed_number(console, ref)
        numbers = await find_numbers(console, ref)
        if asked != self._round:
            return
        if claimed and not self._hand.chosen:
            self._hand = msgspec.structs.replace(self._hand, chosen=claimed)
        self._numbers = numbers
        chosen = self._hand.chosen or (numbers[0].number if len(numbers) == 1 else "")
        if len(numbers) < 2 or self._hand.chosen:
            try:
                checks = await console.account.check_call(ref, chosen, self.offers.asked_in(ref))
            except PortError as error:
                if asked == self._round:
                    self.hold(problem=str(error))
                return
            if asked != self._round:
                return
            if waited and not checks.offered_ms:
                self._hand = msgspec.structs.replace(self._hand, asked_ms=0, said_no=True)
            self._checks = checks
        self.changed()

    def _look_again(self) -> None:
        """The customer wrote, or agreed, while the card waits for just that: it is offered, never dialled by itself."""
        view = self.view()
        if view is None or not view.asks or self._checks is None or self._ref is None:
            return
        if self._hand.asked_ms or any(stop.code in ("no_number", "no_consent") for stop in self._checks.stops):
            self._round += 1
            self._hand = msgspec.structs.replace(self._hand, came_late=True)
            self._run(self._check(self._round))

    def _take_the_answer(self) -> None:
        making = self._making
        if making is not None and (making.problem or making.stop):
            self._making = self._until = None
            self._hand = msgspec.structs.replace(self._hand, problem=making.problem, started=False)
            self.focus.wanted = True

    def _count(self) -> None:
        """Start the clock if everything is green; stop it if the line is down."""
        ref = self._ref
        if ref is None or self._hand.started:
            return
        live = self._console.state.link.state in (LinkState.LIVE, LinkState.QUIET)
        if self._until is not None:
            if not live and self._making is not None:
                self._run(self._making.undo())
                self._making = self._until = None
                self._hand = msgspec.structs.replace(self._hand, held_up=True)
            return
        known = self._known()
        if known is not None and held_up(known, self._hand):
            self._hand = msgspec.structs.replace(self._hand, held_up=True)
        if known is None or known.countdown_ms is None or not counts_down(known, self._hand):
            return
        if self._reserve() is not None:
            self._until = self._now() + known.countdown_ms / 1_000
            self.focus.wanted = False
            self.focus.give_back()
            self._tick_soon()

    def _paint(self) -> None:
        if self.widget.changed():
            # the lines above have other room now, which Textual does not always tell them
            self._console.call_after_refresh(self._console.chat.transcript.changed)

    def _tick_soon(self) -> None:
        """While it counts, ten times a second; else the console's own second does."""
        if self._until is not None and not self._ticking:
            self._ticking = True
            self._console.set_timer(TICK_S, self._tick_and_on)

    def _tick_and_on(self) -> None:
        self._ticking = False
        self.tick()
        self._tick_soon()

    def _reserve(self) -> Making | None:
        account, checks, ref = self._console.account, self._checks, self._ref
        known = self._known()
        way = known.way(self._hand) if known else None
        if account is None or ref is None or checks is None or checks.number is None or way is None:
            return None
        passable = {stop.code for stop in checks.stops if stop.passable}
        self._making = Making(account, ref, self.changed)
        number = checks.number
        written = f"{number.e164} ext {number.extension}" if number.extension else number.e164
        self._making.reserve(written, way, tuple(sorted(self._hand.passed & passable)), self.offers.asked_in(ref))
        return self._making
