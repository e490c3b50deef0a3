"""Draws the pictures of the README from the running console: `python -m tests.pictures FOLDER`."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import tests.terminal_environment  # noqa: F401  (before Textual is imported)
from agent_tui.model.call import CallState
from agent_tui.model.ids import AgentId, ConversationRef
from tests.account_of import Clock
from tests.ui.console_of import Console, console
from tests.ui.monitor_of import watching
from tests.ui.people import JANE, OMAR, PIET
from tests.ui.proof_library import demo_library
from tests.ui.test_picker import found, until_read
from tests.ui.wall_people import a_full_wall

WEB_FONT = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)


class Picture(NamedTuple):
    """One picture: its file, the terminal's size, the theme, and what is done before it is taken."""

    name: str
    size: tuple[int, int]
    theme: str
    steps: Callable[[Console], Awaitable[None]]


async def _open(it: Console, *refs: ConversationRef) -> None:
    for ref in refs:
        it.screen.show(ref)
        await it.settle()
    await until_read(it)


async def _console(it: Console) -> None:
    await _open(it, PIET, OMAR, JANE)
    await it.press("i")
    it.screen.chat.composer.insert("Two of them, in their own words: ")
    await it.settle()


async def _held(it: Console) -> None:
    await _open(it, PIET, OMAR, JANE)
    await it.press("i")
    it.screen.chat.composer.insert("I'll send you both.")
    it.desk.hold_answers()
    await it.pilot.press("enter")
    it.desk.customer_says(JANE, "And was it hard to move over?", it.clock())
    it.desk.let_answers()
    await it.settle()


async def _proof(it: Console) -> None:
    await _open(it, PIET, OMAR, JANE)
    await it.press("i")
    await it.press("f2")
    await found(it, "Umbra came over")
    await it.settle()


async def _narrow(it: Console) -> None:
    await _open(it, OMAR, JANE, PIET)
    it.screen.chat.transcript.focus()
    await it.settle()


async def _phone(it: Console) -> None:
    await _open(it, PIET, OMAR, JANE)
    await it.press("i")
    it.desk.phone.add(JANE, state=CallState.IN_CALL, agent=AgentId("ada"), dialled_ms=1, since_ms=it.clock() - 250_000)
    await it.settle()
    it.screen.chat.composer.insert("The order number is 7781, you said?")
    await it.settle()


PICTURES = (
    Picture("console", (120, 34), "dark", _console),
    Picture("held", (120, 34), "dark", _held),
    Picture("proof", (120, 34), "dark", _proof),
    Picture("phone", (120, 34), "dark", _phone),
    Picture("narrow-light", (80, 24), "light", _narrow),
)


async def draw(picture: Picture, folder: Path) -> Path:
    """Take one picture. It names no font of the web: whoever looks at it asks no other server for one."""
    with TemporaryDirectory() as home:
        async with console(
            picture.size, clock=Clock(), theme=picture.theme, folder=Path(home), library=demo_library()
        ) as it:
            await picture.steps(it)
            svg = it.app.export_screenshot(title="agent-tui")
    return _written(folder / f"{picture.name}.svg", svg)


async def draw_wall(folder: Path) -> Path:
    """The monitor's wall, with the cursor on the second alert."""
    clock = Clock()
    async with watching((120, 34), wall=a_full_wall(clock), clock=clock) as it:
        await it.press("n", "n")
        it.screen.wall.acknowledge(it.screen.wall.alerts[JANE])
        await it.settle()
        return _written(folder / "wall.svg", it.app.export_screenshot(title="agent-tui monitor"))


def _written(path: Path, svg: str) -> Path:
    svg = WEB_FONT.sub("", svg).replace("Fira Code, monospace", "Fira Code, DejaVu Sans Mono, Menlo, monospace")
    path.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")
    return path


async def main(folder: Path) -> None:
    """Draw them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        sys.stdout.write(f"{await draw(picture, folder)}\n")
    sys.stdout.write(f"{await draw_wall(folder)}\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
