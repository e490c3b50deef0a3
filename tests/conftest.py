"""For every test: a home of its own, and no skip where AGENT_TUI_REQUIRE=all."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.required import nothing_may_skip


@pytest.fixture(autouse=True)
def agent_tui_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for config, data and state that belongs to this test alone; programs it starts inherit it."""
    home = tmp_path / "agent-tui-home"
    monkeypatch.setenv("AGENT_TUI_HOME", str(home))
    return home


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip in CI is a failure with the same reason: there, every program is installed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and nothing_may_skip():
        report.outcome = "failed"
        report.longrepr = f"skipped, and AGENT_TUI_REQUIRE=all forbids it: {call.excinfo and call.excinfo.value}"
    return report
