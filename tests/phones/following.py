"""A desk in little: it reads a provider's news, and keeps a call as the state machine says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

from agent_tui.core.phone.states import step, unheard
from agent_tui.model.call import Basis, BasisKind, Call, CallId, CallKind, CallState, Number, Reason, Timeouts
from agent_tui.model.ids import AgentId, ConversationRef, uuid7
from agent_tui.ports.phone import AgentPhone, CallEvent, CallRequest, LineBack, LineLost, PhoneProvider, ProviderNews

WAIT_S: Final = 10.0
CUSTOMER: Final = Number("+31612345678", region="NL")
COMPANY: Final = Number("+31201234567", region="NL")
USUAL: Final = Timeouts()
ADA: Final = AgentPhone(AgentId("ada"), extension="agent7")


def request(
    number: Number = CUSTOMER, agent: AgentPhone = ADA, call_id: str = "", timeouts: Timeouts = USUAL
) -> CallRequest:
    """A call that somebody asked for."""
    return CallRequest(
        call_id=CallId(call_id or uuid7()),
        conversation="c42",
        agent=agent,
        number=number,
        caller_id=COMPANY,
        basis=Basis(BasisKind.CUSTOMER_REQUEST, "881", 1_000),
        timeouts=timeouts,
    )


class Follower:
    """What a provider said, and the calls as they stand."""

    def __init__(self, provider: PhoneProvider) -> None:
        self.provider = provider
        self.calls: dict[CallId, Call] = {}
        self.news: list[ProviderNews] = []
        self._more = asyncio.Event()

    def begins(self, asked: CallRequest, state: CallState = CallState.DIALLING_AGENT) -> None:
        """On record before the provider hears of it."""
        self.calls[asked.call_id] = Call(
            id=asked.call_id,
            ref=ConversationRef("42"),
            kind=CallKind.CALL,
            revision=1,
            state=state,
            since_ms=0,
            heard_ms=0,
            requested_ms=0,
            dialled_ms=0,
            number=asked.number,
        )

    async def starts(self, asked: CallRequest) -> Call:
        """Put it on record, and have it made."""
        self.begins(asked)
        await self.provider.start(asked)
        return self.calls[asked.call_id]

    def said(self, call_id: CallId) -> list[CallState]:
        """The states that came as events, in their order."""
        return [each.state for each in self.news if isinstance(each, CallEvent) and each.call_id == call_id]

    async def sees(self, asked: CallRequest, *states: CallState) -> Call:
        """The call as soon as it is in one of these states."""
        await self.until(lambda: self.calls[asked.call_id].state in states)
        return self.calls[asked.call_id]

    async def ends(self, asked: CallRequest) -> Reason | None:
        """Why it ended."""
        return (await self.sees(asked, CallState.ENDED)).reason

    async def until(self, is_so: Callable[[], bool]) -> None:
        """As soon as it is so, with what comes."""
        async with asyncio.timeout(WAIT_S):
            while not is_so():
                self._more.clear()
                await self._more.wait()

    async def hears(self, kind: type[ProviderNews], times: int = 1) -> None:
        """As soon as news of this kind came so often."""
        await self.until(lambda: sum(isinstance(each, kind) for each in self.news) >= times)

    async def read(self) -> None:
        """All that comes."""
        async with contextlib.aclosing(self.provider.events()) as events:  # type: ignore[type-var]
            async for each in events:
                self.take(each)

    def take(self, each: ProviderNews) -> None:
        """One piece of news."""
        self.news.append(each)
        match each:
            case CallEvent() if each.call_id in self.calls:
                self.calls[each.call_id] = step(self.calls[each.call_id], each)
            case LineLost():
                self.calls = {key: unheard(call) for key, call in self.calls.items()}
            case LineBack() | CallEvent():
                pass
        self._more.set()


@contextlib.asynccontextmanager
async def followed(provider: PhoneProvider) -> AsyncIterator[Follower]:
    """A provider whose news are read; it has its line."""
    follower = Follower(provider)
    reader = asyncio.create_task(follower.read())
    try:
        await follower.hears(LineBack)
        yield follower
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await provider.aclose()
