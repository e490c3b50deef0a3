"""For every test: a home of its own, and no skip where AGENT_TUI_REQUIRE=all."""

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.idle import measure_the_loop
from tests.required import nothing_may_skip

measure_the_loop()
# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")


@pytest.fixture(autouse=True)
def agent_tui_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for config, data and state that belongs to this test alone; programs it starts inherit it."""
    home = tmp_path / "agent-tui-home"
    monkeypatch.setenv("AGENT_TUI_HOME", str(home))
    return home


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """A skip in CI is a failure with the same reason: there, every program is installed."""
    if nothing_may_skip() and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"AGENT_TUI_REQUIRE=all forbids a skip: {report.longreprtext}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _forbid_skip(report)
    return report
