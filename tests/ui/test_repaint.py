"""What one arriving message and one passing second cost the terminal; a machine's mood has no part in it."""

from typing import Any

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Region

from agent_tui.model.words import Stage
from tests.account_of import Clock
from tests.ui.console_of import Console, console
from tests.ui.people import JANE, OMAR, PIET, SECOND, a_busy_desk

MOST_BYTES = 10_000


class Painted:
    """Regions and bytes of every partial paint since `forget`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows: set[int] = set()
        self.bytes = 0
        update = Compositor.update_widgets
        paint = Compositor.render_partial_update

        def updated(compositor: Compositor, widgets: set) -> None:  # type: ignore[type-arg]
            update(compositor, widgets)
            for region in compositor._dirty_regions:
                self.rows |= set(Region(*region).line_range)

        def painted(compositor: Compositor) -> ChopsUpdate | None:
            chops = paint(compositor)
            if chops is not None:
                self.bytes += len(chops.render_segments(compositor_console(compositor)).encode())
            return chops

        monkeypatch.setattr(Compositor, "update_widgets", updated)
        monkeypatch.setattr(Compositor, "render_partial_update", painted)

    def forget(self) -> None:
        self.rows.clear()
        self.bytes = 0


def compositor_console(compositor: Compositor):  # type: ignore[no-untyped-def]
    assert compositor.root is not None
    return compositor.root.app.console


async def many_tabs(it: Console) -> None:
    for ref in [*[ref for ref in it.desk.conversations if int(ref) >= 20], OMAR, PIET, JANE]:
        it.screen.show(ref)
    await it.settle()
    await it.press("i")


async def test_an_arriving_message_repaints_the_transcript_and_little_else(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console((120, 36)) as it:
        await many_tabs(it)
        for number in range(40):
            it.desk.customer_says(JANE, f"Regel {number} van een gesprek dat al lang duurt")
        await it.settle()
        await it.pilot.pause(0.2)
        painted = Painted(monkeypatch)
        it.desk.customer_says(JANE, "En nog een regel, die onderaan verschijnt")
        await it.settle()
        await it.pilot.pause(0.2)
        assert "onderaan verschijnt" in it.text
        assert len(painted.rows) <= it.screen.chat.transcript.size.height + 4
        assert 0 < painted.bytes <= MOST_BYTES


async def test_a_second_that_passes_repaints_only_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    desk = a_busy_desk(clock)
    for number in range(20, 29):
        ref = desk.conversation(number, f"Klant{number}", "Ada", stage=Stage.MID)
        desk.customer_says(ref, "Hoi")
        desk.agent_says(ref, "Ada", "Hallo")
    for ref in (JANE, OMAR):
        desk.agent_says(ref, "Ada", "Een moment")
    async with console((120, 36), desk=desk, clock=clock) as it:
        await many_tabs(it)
        await it.pilot.pause(1.2)
        painted = Painted(monkeypatch)
        it.clock.pass_ms(SECOND)
        it.screen.tick()
        await it.pilot.pause(0.1)
        assert painted.rows == {0, 3, 4, 5}, "the status line and the three who wait"
        assert painted.bytes < 1_000


async def test_a_key_in_the_composer_restyles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console((120, 36)) as it:
        await many_tabs(it)
        await it.write("a")
        styled: list[object] = []
        apply = Stylesheet.apply

        def counted(sheet: Stylesheet, node: DOMNode, **more: Any) -> None:
            styled.append(node)
            apply(sheet, node, **more)

        monkeypatch.setattr(Stylesheet, "apply", counted)
        await it.write("bcd")
        assert styled == []
