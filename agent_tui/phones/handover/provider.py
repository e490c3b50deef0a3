"""The provider `handover`: runs in the console, and says *handed over*, never more."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Set
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from agent_tui.config.settings import SoftphoneSettings
from agent_tui.model.call import CallId, CallState, Number, Reason
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText, clean
from agent_tui.phones.handover.opener import Opener, find_opener
from agent_tui.phones.handover.running import Failed, end, keep_running, run_to_its_end
from agent_tui.phones.handover.template import filled
from agent_tui.ports.phone import AgentPhone, CallEvent, CallRequest, Caps, ProviderNews, Ready

CAPS: Final = Caps(tracked=False, cancel=False, hangup=False, rings_agent=False, where="console", shows_number=False)
_LONGEST: Final = 300


class Way(StrEnum):
    """How a number gets to a telephone."""

    COMMAND = "command"
    """The softphone's own command."""
    LINK = "link"
    """The desktop's opener."""
    SHOWN = "shown"
    """Only the code, the link and the digits on the screen."""


class Handed(Struct, frozen=True):
    """How a number was handed over. `sentence`: why not in a better way; empty where all went as set."""

    way: Way
    sentence: SafeText = NOTHING


class HandoverProvider:
    """Hands over by the first way that is there: the softphone's command, the desktop's opener, the screen alone."""

    name: Final = "handover"

    def __init__(
        self,
        settings: SoftphoneSettings,
        now_ms: Callable[[], int],
        environ: Mapping[str, str] = os.environ,
        find: Callable[[Mapping[str, str]], Opener] = find_opener,
    ) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self._environ = environ
        self._find = find
        self._news: asyncio.Queue[ProviderNews] = asyncio.Queue()
        self._events: dict[CallId, CallEvent] = {}
        self._numbers: dict[CallId, Number] = {}
        self._handed: dict[CallId, Handed] = {}
        self._running: dict[CallId, subprocess.Popen[bytes]] = {}

    @property
    def caps(self) -> Caps:
        """It can hang up where the settings say how, or where the softphone runs as our child."""
        return msgspec.structs.replace(CAPS, hangup=bool(self._settings.hangup) or self._settings.done == "running")

    async def ready(self, phone: AgentPhone) -> Ready:
        """Always: the code needs only a telephone with a camera. `reason`: the way; `hint`: why no better one."""
        del phone
        handed, _ = await self._best_way()
        return Ready(True, handed.way.value, handed.sentence)

    async def start(self, request: CallRequest) -> None:
        """Hand the number over, once. What failed on the way is in `handed`; the screen is always left."""
        call_id = request.call_id
        if call_id in self._numbers:
            return
        self._numbers[call_id] = request.number
        handed, opener = await self._best_way()
        if handed.way is not Way.SHOWN:
            handed = await self._hand(call_id, request.number, handed, opener)
        elif not self._settings.dial:
            handed = Handed(Way.SHOWN)  # nothing failed: a desktop without an opener is as it always is
        self._handed[call_id] = handed
        event = CallEvent(call_id, CallState.HANDED_OVER, self._now_ms(), raw_code=handed.way.value)
        self._events[call_id] = event
        self._news.put_nowait(event)

    def handed(self, call_id: CallId) -> Handed | None:
        """How this call's number was handed over; None where it wasn't, or not yet."""
        return self._handed.get(call_id)

    async def cancel(self, call_id: CallId, reason: Reason = Reason.CANCELLED) -> CallEvent:
        """What was handed over can't be taken back; what wasn't has nothing to cancel."""
        return self._event(call_id, reason)

    async def hangup(self, call_id: CallId, reason: Reason = Reason.AGENT_HUNG_UP) -> CallEvent:
        """Tell the softphone to hang up, where that can be told. Whether it did is not known: it stays handed over."""
        if call_id in self._running:
            end(self._running.pop(call_id))
        elif self._settings.hangup and call_id in self._events:
            command = filled(self._settings.hangup, self._numbers[call_id])
            try:
                await run_to_its_end(command, self._settings.env, self._settings.timeout_s)
            except Failed as why:
                self._handed[call_id] = Handed(
                    self._handed[call_id].way, _sentence(f"{why}: hang up on the telephone.")
                )
        return self._event(call_id, reason)

    async def status(self, call_id: CallId) -> CallEvent | None:
        """What it said last."""
        return self._events.get(call_id)

    async def resume(self, request: CallRequest, ref: str) -> CallEvent | None:
        """A console before this one handed it over: that is all that is known."""
        del ref
        return self._events.get(request.call_id)

    async def sweep(self, open_calls: Set[CallId]) -> int:
        """There is no exchange to look at."""
        del open_calls
        return 0

    async def events(self) -> AsyncIterator[ProviderNews]:
        """One for each number that was handed over."""
        while True:
            yield await self._news.get()

    async def aclose(self) -> None:
        """Nothing to let go of: a softphone goes on with its call."""

    def _event(self, call_id: CallId, reason: Reason) -> CallEvent:
        nothing = CallEvent(call_id, CallState.ENDED, self._now_ms(), reason=reason)
        return self._events.get(call_id, nothing)

    async def _best_way(self) -> tuple[Handed, str]:
        """And the desktop's opener, where that is the way."""
        dial = self._settings.dial
        if dial:
            if shutil.which(dial[0], path=self._settings.env.get("PATH")):
                return Handed(Way.COMMAND), ""
            return Handed(Way.SHOWN, _sentence(f"{dial[0]} (softphone.dial) is not on this machine.")), ""
        if not self._settings.open_links:
            return Handed(Way.SHOWN), ""
        opener = await asyncio.to_thread(self._find, self._environ)
        handed = Handed(Way.LINK) if opener.program else Handed(Way.SHOWN, _sentence(opener.why))
        return handed, opener.program

    async def _hand(self, call_id: CallId, number: Number, best: Handed, opener: str) -> Handed:
        settings = self._settings
        try:
            if best.way is Way.LINK:
                await run_to_its_end([opener, number.tel], {}, settings.timeout_s)
            elif settings.done == "running":
                self._running[call_id] = await keep_running(filled(settings.dial, number), settings.env)
            else:
                await run_to_its_end(filled(settings.dial, number), settings.env, settings.timeout_s)
        except Failed as why:
            return Handed(Way.SHOWN, _sentence(f"{why}. Look at your telephone before you dial by the code."))
        return best


def _sentence(words: str) -> SafeText:
    return clean(words, limit=_LONGEST, multiline=False)
