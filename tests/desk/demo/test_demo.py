"""The demo's desk: a history that happened, customers who write once somebody watches, an end of its own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent_tui.desk.demo import Cast, Performance, live, seed
from agent_tui.desk.demo.script import Person, lines_before, load_script
from agent_tui.desk.demo.seeding import enter
from agent_tui.desk.service import Actor, Service
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store
from agent_tui.model.call import Reason
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Outcome, Role, Stage, State
from agent_tui.ports.errors import Unreachable
from agent_tui.ports.transport import HttpAnswer, Socket
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import commands as c
from tests.clients import StaffClient
from tests.desk_process import DeskProcess, running_desk

NOON_MS = 1_795_348_800_000


class Seeded:
    """A seeded store at noon."""

    def __init__(self, store: Store, cast: Cast) -> None:
        self.store = store
        self.cast = cast
        self.service = Service(store, DeskSettings(), now_ms=lambda: NOON_MS, new_id=uuid7)


@pytest.fixture
async def seeded(tmp_path: Path) -> AsyncIterator[Seeded]:
    store = Store.open(tmp_path)
    try:
        yield Seeded(store, await seed(store, DeskSettings(), NOON_MS))
    finally:
        store.close()


def test_the_script_has_what_the_demo_shows() -> None:
    script = load_script()
    assert len(script.visitor) >= 6
    assert {person.stage for person in script.visitor} == {stage.value for stage in Stage}
    assert {person.language for person in script.visitor} == {"en", "nl"}
    assert any("TWICE" in line.text for person in script.visitor for line in person.before), "somebody is angry"
    assert any("bellen" in line.text for person in script.visitor for line in person.before), "one wants to be called"
    assert max(len(lines_before(person, script.long)) for person in script.visitor) >= 100, "one is long"
    assert all(person.live for person in (*script.visitor, *script.later))
    assert min(person.live[0].after for person in script.visitor) <= 3, "something happens at once"


async def test_the_history_is_there_and_happened_at_its_times(seeded: Seeded) -> None:
    inbox = await seeded.service.inbox("")
    states = Counter(chat.state for chat in inbox.conversations)
    assert states[State.WAITING] >= 3
    assert states[State.OPEN] >= 3
    assert {chat.stage for chat in inbox.conversations} == set(Stage)
    longest = max(inbox.conversations, key=lambda chat: chat.last_seq)
    assert longest.last_seq > 100
    assert {agent.name for agent in inbox.agents} == {"Sam", "Ruben"}
    for person in load_script().visitor:
        (chat,) = [chat for chat in inbox.conversations if chat.customer.name == person.name]
        page = await seeded.service.entries(chat.id, limit=500)
        said = [(entry.at, entry.body) for entry in page.entries if entry.kind == "public"]
        told = [
            (NOON_MS - line.ago * 1000, line.text) for line in lines_before(person, load_script().long) if line.text
        ]
        assert said == told
        assert [at for at, _ in said] == sorted(at for at, _ in said)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[DeskProcess]:
    with running_desk(tmp_path / "home", arguments=("--demo", "--ends-with-last-staff-ms", "1500")) as desk:
        yield desk


async def test_customers_write_once_somebody_watches_and_answer_an_answer(demo: DeskProcess) -> None:
    await asyncio.sleep(1.0)
    before = demo.get("/v1/conversations?view=all", demo.token())["conversations"]
    assert {chat["last_at"] // 1000 <= demo_began(before) for chat in before} == {True}
    you = StaffClient(demo.socket_url, demo.token())
    async with you:
        welcome = await you.until(lambda: next((e for e in you.events if e["e"] == "entry"), None), seconds=8)
        assert welcome["entry"]["by"]["kind"] == "customer"
        angry = next(chat["id"] for chat in before if chat["customer"]["name"] == "Karl Braun")
        await you.ask(c.Subscribe, conversations=(angry,))
        last = max((e["entry"]["seq"] for e in you.events if e.get("conversation") == angry), default=1)
        await you.send(angry, "I'm here, Karl.", seen_seq=9_999, draft_seq=9_999)
        typed = await you.until(lambda: next((e for e in you.now if e["e"] == "typing" and e["on"]), None), seconds=20)
        assert typed["conversation"] == angry
        answer = await you.until(
            lambda: next((e for e in you.events if e.get("entry", {}).get("body", "").startswith("Finally.")), None),
            seconds=40,
        )
        assert answer["entry"]["seq"] > last
        seen = await you.until(lambda: next((e for e in you.events if e["e"] == "seen"), None), seconds=10)
        assert seen["conversation"] == angry
    assert await asyncio.to_thread(demo.wait) == 0, "it ends when nobody watches any more"


async def test_who_asks_to_be_called_is_called_and_it_says_that_nothing_rings(tmp_path: Path) -> None:
    quick = "{simulated = {agent_rings_ms = 20, customer_rings_ms = 20}}"
    with running_desk(tmp_path / "home", arguments=("--demo",), env={"AGENT_TUI_DESK_PHONE_PROVIDERS": quick}) as desk:
        inbox = desk.get("/v1/inbox", desk.token())
        (omar,) = [chat for chat in inbox["conversations"] if chat.get("wants_call")]
        assert omar["customer"]["name"] == "Omar Haddad"
        (waits,) = inbox["calls"]
        assert (waits["conversation"], waits["state"], waits["by_customer"]) == (omar["id"], "queued", True)
        (way, *_) = inbox["phone"]["providers"]
        assert (way["simulated"], "nothing rings" in way["title"]) == (True, True)
        async with StaffClient(desk.socket_url, desk.token()) as you:
            asked = await you.ask(
                cc.RequestCall,
                call=uuid7(),
                conversation=omar["id"],
                provider="simulated",
                confirmed=("customer_away",),  # at whatever hour this runs
            )
            assert (asked.call.id, asked.call.state.value) == (waits["id"], "claimed")
            await you.ask(cc.DialCall, call=asked.call.id)

            def state_of_call(wanted: str) -> Any:
                return next((e for e in you.events if e["e"] == "call" and e["call"]["state"] == wanted), None)

            await you.until(lambda: state_of_call("in_call"), seconds=10)
            ended = await you.ask(cc.HangUp, call=asked.call.id)
            assert ended.call.reason is Reason.AGENT_HUNG_UP
            thanks = await you.until(
                lambda: next((e for e in you.events if e.get("entry", {}).get("body", "").startswith("Dank u wel")), 0),
                seconds=20,
            )
            assert thanks["conversation"] == omar["id"]


def demo_began(chats: list[dict[str, int]]) -> int:
    """The newest thing that was ever said, in seconds."""
    return max(chat["last_at"] for chat in chats) // 1000


async def test_a_demo_that_is_started_again_keeps_what_was_written(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", arguments=("--demo",)) as desk:
        first = desk.get("/v1/inbox", desk.token())["conversations"]
        desk.kill()
        desk.start()
        again = desk.get("/v1/inbox", desk.token())["conversations"]
    assert [chat["id"] for chat in again] == [chat["id"] for chat in first]


class Pages:
    """Pages that lead nowhere: whoever opens one has said a line already."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.came: list[Actor] = []

    async def request(self, *_: object) -> HttpAnswer:
        raise AssertionError("customers ask nothing by HTTP")

    async def socket(self, _: str) -> Socket:
        raise Unreachable("There is no desk to be reached in this test.")

    async def aclose(self) -> None:
        """Nothing was opened."""

    async def enters(self, actor: Actor) -> None:
        await self._service.carry_out(actor, c.Say(0, cid=uuid7(), body="Hello?"))
        self.came.append(actor)


async def test_who_came_later_does_not_come_again_before_their_chat_is_resolved(
    seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Pages(seeded.service)
    monkeypatch.setattr(live, "MOST_WAITING", 100)

    async def enters(service: Service, person: Person, token: str) -> Actor:
        actor = await enter(service, person, token)
        await pages.enters(actor)
        return actor

    monkeypatch.setattr(live, "enter", enters)
    performance = Performance(
        seeded.service, transport=pages, ticket=lambda _: "", watched=lambda: True, later_every_s=0.01
    )

    async def nobody(_: str) -> None:
        return None

    playing = asyncio.create_task(performance.run(seeded.cast, nobody))
    everybody = len(load_script().later)
    try:
        async with asyncio.timeout(20):
            while len(pages.came) < everybody:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
            assert len(pages.came) == everybody
            inbox = await seeded.service.conversations("", "all", limit=200)
            (first,) = [chat for chat in inbox.conversations if chat.customer.id == pages.came[0].id]
            sam = next(agent for agent in (await seeded.service.inbox("")).agents if agent.name == "Sam")
            await seeded.service.carry_out(
                Actor(Role.ADMIN, sam.id, sam.name), c.Resolve(0, conversation=first.id, outcome=Outcome.SOLVED)
            )
            while len(pages.came) == everybody:
                await asyncio.sleep(0.01)
            assert pages.came[-1].name == pages.came[0].name
    finally:
        playing.cancel()
