"""Proof on the screen: the picker, its preview and why, several at once, what the gate says, the side pane."""

import pytest

from agent_tui.model.ids import ConversationRef
from tests.snapshots.test_screens import Snap, Steps, picture
from tests.ui.console_of import Console
from tests.ui.people import JANE, LEA
from tests.ui.proof_library import demo_library
from tests.ui.test_picker import found as listed
from tests.ui.test_picker import until_read

SIZES = ["80x24", "120x34"]
AT = pytest.mark.parametrize(("size", "theme"), [(size, theme) for size in SIZES for theme in ("dark", "light")])


def shot(snap_compare: Snap, size: str, theme: str, steps: Steps, ref: ConversationRef = JANE) -> bool:
    async def go(it: Console) -> None:
        it.screen.show(ref)
        await it.press("i")
        await until_read(it)
        await steps(it)

    return picture(snap_compare, size, go, theme=theme, library=demo_library())


@AT
def test_the_picker(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("f2")
        await listed(it, "Umbra came over")

    assert shot(snap_compare, size, theme, steps)


@AT
def test_a_search_over_all_kinds_with_a_blocked_one(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("slash", *"came over")
        await listed(it, "✗ blocked")
        await it.press("down")

    assert shot(snap_compare, size, theme, steps)


@AT
def test_why_it_stands_there(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("f2", *"initech")
        await listed(it, "Umbra came over")
        await it.press("ctrl+y")

    assert shot(snap_compare, size, theme, steps)


@AT
def test_several_put_in_at_once(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("f2")
        await listed(it, "Umbra came over")
        await it.press("tab", "down", "tab")
        await it.press("enter")

    assert shot(snap_compare, size, theme, steps)


@AT
def test_several_marked(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("f2")
        await listed(it, "Umbra came over")
        await it.press("down", "tab", "up", "tab")

    assert shot(snap_compare, size, theme, steps)


@AT
def test_a_field_that_nothing_fills_stops_it(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("slash", *"norway")
        await listed(it, "Delivery to Norway")
        await it.press("enter", "enter")
        await it.wait_for("Nothing is known")

    assert shot(snap_compare, size, theme, steps, LEA)


@AT
def test_changed_words(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("f2", *"initech")
        await listed(it, "Umbra came over")
        await it.press("enter")
        composer = it.screen.chat.composer
        composer.mend(composer.draft.text.replace("vroeg niemand", "vroeg bijna niemand"))
        await it.press("enter")
        await it.wait_for("was changed")

    assert shot(snap_compare, size, theme, steps)


@AT
def test_not_checked_for_long(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("f2", *"phone part")
        await listed(it, "look first")
        await it.press("enter", "enter")
        await it.wait_for("look at it first")

    assert shot(snap_compare, size, theme, steps)


@pytest.mark.parametrize("size", ["120x34", "200x50"])
def test_the_three_best_beside_the_chat_and_by_number(snap_compare: Snap, size: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("ctrl+o", "b")
        await it.wait_for("Put which proof")

    assert shot(snap_compare, size, "dark", steps)
