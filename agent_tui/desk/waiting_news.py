"""What changes for visitors without an event of their own: the queue before them, who is there, the hours."""

import asyncio

from agent_tui.desk.readers import Readers
from agent_tui.desk.service import Service
from agent_tui.protocol.frames import encode_event
from agent_tui.protocol.pushes import Status

_AT_ONCE = 50


class WaitingNews:
    """Tells connected visitors how their chat stands when that has changed since they were told."""

    def __init__(self, readers: Readers, service: Service) -> None:
        self._readers = readers
        self._service = service
        self._told: dict[str, Status] = {}
        self._nobody_s: Status | None = None

    def begin(self) -> None:
        """Look before the first visitor can connect: what changes from here on is news to somebody."""
        self._nobody_s = self._service.status_now("")

    async def tell(self) -> None:
        """Call every few seconds: who waits may have moved up; everybody is told when we open, close or are away."""
        nobody_s = self._service.status_now("")
        everybody = nobody_s != self._nobody_s
        self._nobody_s = nobody_s
        concerned = self._readers.connected_visitors if everybody else self._service.waiting_visitors()
        told: dict[str, Status] = {}
        for number, visitor in enumerate(concerned):
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
            if not self._readers.of_visitor(visitor):
                continue
            told[visitor] = status = self._service.status_now(visitor)
            # who began to wait since the last time was told how it was then, which may be so no more
            if everybody or self._told.get(visitor) != status:
                self._readers.now_to_visitor(visitor, encode_event(status))
        self._told = told
