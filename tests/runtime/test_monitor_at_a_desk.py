"""A monitor at a real desk: it knows what the wall shows, says honestly how its line is, and lets only reads out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agent_tui.core.state import LinkState
from agent_tui.model.figures import Figure
from agent_tui.model.ids import ConversationRef
from agent_tui.model.wall import FactKind
from agent_tui.ports.errors import Forbidden
from agent_tui.protocol import commands as c
from agent_tui.runtime.connecting import always_at, monitor_at
from agent_tui.runtime.link import BackOff
from agent_tui.runtime.monitor import Monitor
from tests.clients import StaffClient
from tests.desk.conftest import ROOMY, staff_of, visitor_of
from tests.desk_process import DeskProcess, running_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    with running_desk(tmp_path_factory.mktemp("wall") / "home", env=ROOMY) as running:
        yield running


async def until(met: Callable[[], Any], monitor: Monitor) -> Any:
    news = asyncio.Event()
    stop = monitor.listen(lambda _: news.set())
    try:
        async with asyncio.timeout(15):
            while not (found := met()):
                news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), 0.5)
        return found
    finally:
        stop()


@asynccontextmanager
async def monitor(desk: DeskProcess, name: str = "Vera", role: str = "supervisor") -> AsyncIterator[Monitor]:
    made = monitor_at(name, always_at(desk.url, desk.token(name, role)))
    made._back_off = BackOff(lambda: 0.01)
    running = asyncio.ensure_future(made.run())
    try:
        await until(lambda: made.state.complete, made)
        yield made
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await made.close()


async def waiting_chat(desk: DeskProcess, ada: StaffClient, text: str) -> tuple[Any, ConversationRef]:
    jane = visitor_of(desk)
    await jane.connect()
    await jane.say(text)
    return jane, ConversationRef(str((await ada.sees(text))["conversation"]))


async def test_tiles_lines_and_the_opened_conversation(desk: DeskProcess) -> None:
    async with staff_of(desk) as ada, monitor(desk) as vera:
        jane, ref = await waiting_chat(desk, ada, "mine is 0612345678")
        state = vera.state
        tile = await until(lambda: state.tiles.get(ref), vera)
        assert tile.conversation.last_preview == "mine is ••••••••78"
        assert state.lines == {}
        await ada.ask(c.Claim, conversation=int(ref))
        await ada.ask(c.SetFlag, conversation=int(ref), reason="too angry for me")
        flagged = await until(lambda: state.tiles[ref].facts, vera)
        assert (flagged[0].kind, flagged[0].who, flagged[0].what) == (FactKind.FLAG, "Ada", "too angry for me")
        await vera.look_at((ref,), (ref,))
        await until(lambda: len(state.lines.get(ref, ())) == 3 and state.known.transcript(ref).loaded, vera)
        await ada.send(int(ref), "call 06-87654321")
        await until(lambda: state.known.transcript(ref).entries[-1].body == "call ••-••••••21", vera)
        assert state.lines[ref][-1].body == "call ••-••••••21"
        assert state.tiles[ref].first_answer_ms is not None
        assert state.board is not None
        assert (await vera.behind(Figure.OPEN)).conversations[-1].ref == ref
        await vera.look_at(())
        assert state.lines == {}
        assert ref not in state.known.transcripts
        await ada.ask(c.Resolve, conversation=int(ref))
        await until(lambda: ref not in state.tiles, vera)
        assert ref not in state.known.conversations
        await jane.close()


async def test_a_lost_desk_is_said_and_the_tiles_stay(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env=ROOMY) as desk:
        async with staff_of(desk) as ada, monitor(desk) as vera:
            jane, ref = await waiting_chat(desk, ada, "hello")
            await until(lambda: ref in vera.state.tiles, vera)
            await vera.look_at((), (ref,))
            desk.kill()
            await until(lambda: vera.state.known.link.state is LinkState.RECONNECTING, vera)
            assert ref in vera.state.tiles
            assert vera.state.board is not None
            await jane.close()


async def test_a_revoked_token_closes_the_wall_with_the_reason(desk: DeskProcess) -> None:
    admin = desk.token("Grace", "admin")
    async with monitor(desk, "Walter") as walter:
        desk.post("/v1/revocations", {"name": "Walter"}, admin)
        link = walter.state.known.link
        await until(lambda: link.state is LinkState.ENDED, walter)
        assert link.revoked
        assert "signed out" in link.reason
        assert walter.state.tiles == {}
        assert walter.state.board is None


async def test_contacts_are_shown_by_leave_and_each_time_is_written_down(desk: DeskProcess) -> None:
    async with staff_of(desk) as ada, monitor(desk) as vera:
        jane, ref = await waiting_chat(desk, ada, "reach me at 0611112222")
        shown = await vera.unmasked(ref)
        assert [entry.body for entry in shown.entries] == ["reach me at 0611112222"]
        replayed = await vera.replay(0, 2**42, ref)
        assert [step.entry.body for step in replayed.steps if step.entry] == ["reach me at ••••••••22"]
        assert [(step.who, step.action) for step in replayed.steps if not step.entry] == [
            ("Vera", "saw numbers and addresses")
        ]
        await jane.close()


async def test_an_agent_has_no_wall(desk: DeskProcess) -> None:
    made = monitor_at("Ada", always_at(desk.url, desk.token("Ada", "agent")))
    with pytest.raises(Forbidden):
        async for _ in made._overseeing.wall():
            pass
    await made.close()
