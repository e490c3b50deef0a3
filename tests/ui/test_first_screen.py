"""The first screen: three doors, and a door that does not open says why."""

import asyncio

from agent_tui.ports.errors import Unreachable
from agent_tui.ui.app import AppOptions, ConsoleApp, Opened
from agent_tui.ui.options import OwnNames
from tests.account_of import Clock, account_of
from tests.ui.console_of import Console
from tests.ui.people import a_busy_desk


class Doors:
    """Remembers which was taken; the invite works the second time."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.taken: list[str] = []
        self.usual: OwnNames | None = None
        self.names: OwnNames | None = None

    async def demo(self) -> Opened:
        self.taken.append("demo")
        return Opened(account_of(a_busy_desk(self.clock)))

    def own_names(self) -> OwnNames | None:
        return self.usual

    async def own(self, names: OwnNames) -> Opened:
        self.taken.append("own")
        self.names = names
        return Opened(account_of(a_busy_desk(self.clock)), "own desk on this machine")

    async def join(self, invite: str) -> Opened:
        self.taken.append(invite)
        if invite != "good":
            raise Unreachable("This invite was used already. Ask for a new one; nothing was changed.")
        return Opened(account_of(a_busy_desk(self.clock)), "Acme")


async def run(doors: Doors, *keys: str, until: str) -> Console:
    app = ConsoleApp(AppOptions(clock=doors.clock, doors=doors))
    async with app.run_test(size=(80, 24)) as pilot:
        it = Console(pilot, a_busy_desk(doors.clock), doors.clock)
        await it.wait_for("Try the demo")
        for key in keys:
            await pilot.press(key)
            await asyncio.sleep(0.05)
        await it.wait_for(until)
        return it


async def test_each_door_opens_with_one_key() -> None:
    for key, door, place in (("d", "demo", "Acme"), ("o", "own", "own desk on this machine")):
        doors = Doors(Clock())
        await run(doors, key, until=place)
        assert doors.taken == [door]


async def test_an_invite_that_does_not_work_is_said_and_can_be_tried_again() -> None:
    doors = Doors(Clock())
    await run(doors, "j", *"bad", "enter", until="used already")
    doors = Doors(Clock())
    await run(doors, "j", *"bad", "enter", "j", *"good", "enter", until="● live")
    assert doors.taken == ["bad", "good"]


async def test_escape_from_the_invite_leads_back_to_the_doors() -> None:
    doors = Doors(Clock())
    await run(doors, "j", "escape", until="A desk of your own")
    assert doors.taken == []


async def test_a_desk_that_never_ran_is_asked_its_names_once() -> None:
    doors = Doors(Clock())
    doors.usual = OwnNames("Root", "Chat")
    await run(doors, "o", *["backspace"] * 4, *"Ada", "enter", "enter", until="own desk on this machine")
    assert doors.names == OwnNames("Ada", "Chat")
    doors = Doors(Clock())
    doors.usual = OwnNames("Root", "Chat")
    await run(doors, "o", "escape", until="A desk of your own")
    await run(doors, "o", "enter", "escape", until="A desk of your own")
    assert doors.taken == []
