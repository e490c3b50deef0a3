"""Offers of a call: what speaks for one, or a number in the customer's own line. Never a call by itself.

An offer stands in the line that names the recipient, where nothing moves for it. It goes when it was put away, when a
call was made, and when the customer says no; then only newer lines speak for another.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from agent_tui.core.phone.held import newest_call
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText

if TYPE_CHECKING:
    from agent_tui.core.signals.seeing import Rules
    from agent_tui.core.state import Changes
    from agent_tui.model.entry import Entry
    from agent_tui.model.telephone import Telephone
    from agent_tui.ui.screens.console import ConsoleScreen

_LEAST_DIGITS: Final = 7
_LOOKED_AT: Final = 200


class Offers:
    """One for each chat that is open in a tab; read anew when a line came, and only then."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self._rules: Rules | None = None
        self._reasons: dict[ConversationRef, SafeText] = {}
        self._rest_on: dict[ConversationRef, OrderKey] = {}
        """The newest line that an offer rests on."""
        self._after: dict[ConversationRef, OrderKey] = {}
        """Lines up to here were seen to."""
        self._numbers: dict[ConversationRef, tuple[OrderKey, SafeText]] = {}
        self._looked: dict[ConversationRef, OrderKey] = {}

    async def prepare(self) -> None:
        """Read the rules beside the UI's thread, then look at what is there."""
        self._rules, complaint = await asyncio.to_thread(_read_rules, self._console.options.signals)
        if complaint:
            self._console.say(f"{complaint} The usual rules are in use.", "bold $warning")
        for ref in self._console.tabs.refs:
            self._look(ref)
        self._console.chat.tick()

    def changed(self, changes: Changes) -> None:
        """Lines came."""
        for ref in changes.transcripts.intersection(self._console.tabs.refs):
            self._look(ref)

    def shown(self, ref: ConversationRef) -> None:
        """A chat is looked at: what stands in it speaks too."""
        self._look(ref)

    def both(self, ref: ConversationRef) -> tuple[SafeText, SafeText]:
        """The offer with its keys, and with the first of them only; empty where there is none."""
        reason = self._offered(ref)
        if not reason:
            return NOTHING, NOTHING
        keys = self._console.keys
        brief = f"☎ {reason}: {keys.shown('call.phone')}"
        return SafeText(f"{brief}, {keys.chord_shown('call.not_now')} not now"), SafeText(brief)

    def words(self, ref: ConversationRef) -> SafeText:
        """The offer in a few words, with its keys; empty where there is none."""
        return self.both(ref)[0]

    def _offered(self, ref: ConversationRef) -> SafeText:
        """What speaks for a call and was not put away, while no call is open."""
        call = newest_call(self._console.state, ref)
        if (call is not None and call.is_open) or self._console.calling.is_open:
            return NOTHING
        number = self._numbers.get(ref)
        reason = self._reasons.get(ref, NOTHING)
        if number is not None and number[0] > self._after.get(ref, START):
            reason = number[1]
        return reason

    def reason(self, ref: ConversationRef) -> SafeText:
        """What speaks for a call in this chat, without its keys."""
        return self._reasons.get(ref, NOTHING)

    def asked_in(self, ref: ConversationRef) -> OrderKey:
        """The customer's own line that asks to be called: the ground of a call. START where there is none."""
        held = self._console.state.transcripts.get(ref)
        if held is None or self._rules is None:
            return START
        from agent_tui.core.signals.seeing import asked_in, said

        return asked_in(said(held.entries[-_LOOKED_AT:]), self._rules)

    def put_away(self, ref: ConversationRef) -> bool:
        """Not now. False where there was no offer."""
        there = bool(self.words(ref))
        self.seen_to(ref)
        return there

    def seen_to(self, ref: ConversationRef) -> None:
        """It was put away, or a call was made of it."""
        number = self._numbers.get(ref)
        newest = max(self._rest_on.get(ref, START), number[0] if number else START)
        self._after[ref] = max(newest, self._after.get(ref, START))
        self._look(ref)

    def _look(self, ref: ConversationRef) -> None:
        held = self._console.state.transcripts.get(ref)
        record = self._console.state.conversations.get(ref)
        if held is None or record is None or not self._console.state.telephone.on:
            return
        entries = held.entries[-_LOOKED_AT:]
        if self._rules is not None:
            from agent_tui.core.signals.seeing import read_signals, said

            reading = read_signals(said(entries), record.stage, self._rules, self._after.get(ref, START))
            self._reasons[ref] = reading.reason if reading.offer else NOTHING
            self._rest_on[ref] = reading.newest
        self._look_for_numbers(ref, entries)

    def _look_for_numbers(self, ref: ConversationRef, entries: list[Entry]) -> None:
        """In a worker, and only in lines that could hold one: the library is not brought in for a greeting."""
        looked = self._looked.get(ref, START)
        new = [
            entry
            for entry in entries
            if entry.key > looked
            and entry.from_customer
            and sum(character.isdigit() for character in entry.body) >= _LEAST_DIGITS
        ]
        if entries:
            self._looked[ref] = max(looked, entries[-1].key)
        if new:
            work = self._find(ref, new, self._console.state.telephone)
            self._console.run_worker(work, group="numbers", exit_on_error=False)

    async def _find(self, ref: ConversationRef, entries: list[Entry], telephone: Telephone) -> None:
        found = await asyncio.to_thread(_numbers_in, entries, telephone)
        if found is not None and found[0] > self._numbers.get(ref, (START, NOTHING))[0]:
            self._numbers[ref] = found
            if self._console.tabs.shown == ref:
                self._console.chat.tick()


def _read_rules(path: str) -> tuple[Rules, str]:
    from agent_tui.config.toml_settings import SettingsError
    from agent_tui.storage.signals.reading import load_rules

    try:
        return load_rules(path), ""
    except SettingsError as error:
        return load_rules(), str(error)


def _numbers_in(entries: list[Entry], telephone: Telephone) -> tuple[OrderKey, SafeText] | None:
    from agent_tui.core.phone.candidates import policy_of
    from agent_tui.core.phone.finding import proposals

    found = proposals(entries, policy_of(telephone))
    return (found[0].entry.key, SafeText(f"their number {found[0].verdict.shown}")) if found else None
