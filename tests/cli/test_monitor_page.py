"""The monitor's page has every figure with its definition as it is in the table."""

from pathlib import Path

from agent_tui.cli.monitor_page import with_made_part
from agent_tui.core.metrics.definitions import DEFINITIONS

PAGE = Path(__file__).parents[2] / "docs" / "monitor.md"


def test_the_page_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_made_part(page), "run: .venv/bin/python -m agent_tui.cli.monitor_page docs/monitor.md"
    assert all(f"`{figure.value}`" in page for figure in DEFINITIONS)
