"""One call in the making: reserved while the countdown runs, then dialled or undone, in this order whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from agent_tui.model.call import Call, CallId, CallState, Reason
from agent_tui.model.ids import ConversationRef, OrderKey, rising_uuid7
from agent_tui.model.telephone import CallWay
from agent_tui.ports.call_intents import CancelCall, DialCall, ReleaseCall, ReportCall, RequestCall

if TYPE_CHECKING:
    from agent_tui.runtime.account import Account, Wished


class Making:
    """Its id was made when the key was pressed, and is the only one it ever has: nothing here dials twice."""

    def __init__(self, account: Account, ref: ConversationRef, changed: Callable[[], None]) -> None:
        """`changed` is called when there is something new to show."""
        self._account = account
        self._changed = changed
        self._reserved: asyncio.Task[Wished] | None = None
        self.ref = ref
        self.call_id = CallId(rising_uuid7(""))
        self.call: Call | None = None
        """As the desk has it; it may be a colleague's, or one of one's own elsewhere."""
        self.problem = ""
        self.stop = ""
        self.dialled = False
        self.undone = False

    @property
    def mine(self) -> bool:
        """The reserved call is this agent's, in this chat."""
        me = self._account.me
        return self.call is not None and me is not None and self.call.agent == me.id and self.call.ref == self.ref

    def reserve(self, number: str, way: CallWay, confirmed: tuple[str, ...], basis_entry: OrderKey) -> None:
        """Ask for the one call of this chat and this agent. Nothing rings, nobody is told.

        `basis_entry`: the customer's line that asks to be called, if there is one.
        """
        wish = RequestCall(
            self.ref, self.call_id, way.name, number=number, basis_entry=basis_entry, confirmed=confirmed
        )
        self._reserved = self._account.wish(wish)
        self._reserved.add_done_callback(self._answered)

    async def dial(self, way: CallWay, hand_over: Callable[[Call], Awaitable[str]]) -> None:
        """The countdown is over. `hand_over` gives the number to the agent's own telephone; what it says is why not."""
        self.dialled = True
        if await self._is_reserved() and self.call is not None and not self.undone:
            wished = await self._account.wish(DialCall(self.ref, self.call.id))
            if not wished.ok:
                self.problem, self.stop = wished.sentence, wished.stop
            elif wished.call is not None and way.in_console:
                await self._hand_over(wished.call, hand_over)
        elif not self.undone and not self.problem:
            self.problem = "There is a call open already: nothing was dialled."
        self._changed()

    async def undo(self) -> None:
        """Esc in the countdown: the reservation is given back. Nothing was sent to anybody."""
        self.undone = True
        if await self._is_reserved() and self.call is not None:
            # a callback that was claimed for this goes back to the queue: the customer still waits for it
            claimed = self.call.state is CallState.CLAIMED
            wish = ReleaseCall(self.ref, self.call.id) if claimed else CancelCall(self.ref, self.call.id)
            await self._account.wish(wish)

    async def _hand_over(self, call: Call, hand_over: Callable[[Call], Awaitable[str]]) -> None:
        why = await hand_over(call)
        if why:
            self.problem = why
            await self._account.wish(ReportCall(self.ref, call.id, CallState.ENDED, Reason.PROVIDER_ERROR))
        else:
            await self._account.wish(ReportCall(self.ref, call.id, CallState.HANDED_OVER))

    async def _is_reserved(self) -> bool:
        if self._reserved is not None:
            await asyncio.wait((self._reserved,))
        return self.mine

    def _answered(self, task: asyncio.Task[Wished]) -> None:
        if task.cancelled() or task.exception() is not None:
            return
        wished = task.result()
        self.call = wished.call
        if not wished.ok:
            self.problem, self.stop = wished.sentence, wished.stop
        self._changed()
