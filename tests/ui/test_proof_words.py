"""The side pane: the three best with what they did, however narrow it is."""

import pytest

from agent_tui.core.library.filling import Filled
from agent_tui.core.library.gate import Finding
from agent_tui.core.library.layers import Kept
from agent_tui.model.gate import Verdict
from agent_tui.model.snippet import Layer, Place
from agent_tui.model.uses import Uses
from agent_tui.ui.proof_words import Offer, pane
from tests.library_files import said_by_umbra

LOOK = (Finding("unchecked", Verdict.WARN, "Look at it first."),)


@pytest.mark.parametrize(
    ("uses", "findings", "width", "says"),
    [
        (Uses(41, 33, 9), (), 40, "testimonial · used 41 · answered 33"),
        (Uses(41, 33, 9), (), 28, "used 41 · answered 33"),
        (Uses(41, 33, 9), LOOK, 28, "used 41"),
        (Uses(), LOOK, 28, "testimonial"),
        (None, (), 28, "testimonial"),
    ],
)
def test_the_numbers_are_shown_rather_than_the_kind(
    uses: Uses | None, findings: tuple[Finding, ...], width: int, says: str
) -> None:
    offer = Offer(Kept(said_by_umbra(), Layer.TEAM, Place("x", 1)), (), findings, uses, Filled("", ()), "en")
    last = pane("mid", [offer], "p", width)[-1]
    assert last.left.plain.strip() == says
    assert last.right.plain == ("! look first" if findings else "")
    assert last.left.cell_length + last.right.cell_length < width
