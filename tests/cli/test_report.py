"""`agent-tui report` and `watched`: every form, honest about what is missing; nothing foreign acts in any."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from html import escape
from itertools import pairwise
from pathlib import Path

import pytest

from agent_tui.cli.report.html import page
from agent_tui.cli.report.plain import as_csv, as_text
from agent_tui.config.paths import find_paths
from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.core.metrics.report import Report, report_of, spans_of
from agent_tui.model.figures import AgentCounts, Figure, PeriodPart
from agent_tui.model.text import SafeText, clean
from agent_tui.protocol import commands as c
from tests.cli.command import agent_tui, desk_of
from tests.desk.conftest import staff_of, visitor_of
from tests.desk.test_wall import monitor_of
from tests.desk_process import DeskProcess
from tests.hostile import HostileString, hostile_strings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("report") / "home"
    with desk_of(folder) as desk:
        asyncio.run(a_morning(desk))
        yield folder


async def a_morning(desk: DeskProcess) -> None:
    """Two customers, one of them answered, flagged, watched, resolved and pleased."""
    async with staff_of(desk) as ada, visitor_of(desk, stage="closing") as jane, visitor_of(desk) as piet:
        await piet.say("nobody answers me")
        await jane.say("my number is 06-12345678")
        number = (await ada.sees("my number is 06-12345678"))["conversation"]
        await ada.ask(c.Claim, conversation=number)
        await ada.send(number, "hello")
        async with monitor_of(desk) as vera:
            await vera.ask(c.Watch, opened=(number,))
        await ada.ask(c.Resolve, conversation=number, outcome="bought")
        await jane.ask(c.Rate, answer="yes")
        await piet.ask(c.End)


def test_as_text_for_people(home: Path) -> None:
    ended = agent_tui("--home", str(home), "report")
    assert ended.code == 0, ended.err
    assert re.search(r"began +2\n", ended.out)
    assert re.search(r"abandoned +50 %  1 of 2\n", ended.out)
    assert re.search(r"closing +50 % +\(1/0\) +18 %\n", ended.out)
    assert "sum to more than 100 %" in ended.out
    assert "12345678" not in ended.out
    assert ended.err == "", "no bar where nobody sees it"


def test_as_json_for_scripts(home: Path) -> None:
    (found,) = agent_tui("--home", str(home), "report", "--json").lines
    report = found["report"]
    assert report["figures"]["begun"]["value"] == 2
    assert report["figures"]["said_yes"] == {"value": 1, "of": 1}
    assert report["outcomes"]["bought"] == 1
    assert [agent["name"] for agent in report["agents"]] == ["Ada"]
    assert found["studies"]["stages"]["percent"]["awareness"] == 29
    assert len(report["spans"]) == 7


def test_a_period_that_is_over_or_can_not_be(home: Path) -> None:
    (found,) = agent_tui("--home", str(home), "report", "--from", "2024-02-28", "--to", "2024-03-01", "--json").lines
    assert found["report"]["figures"]["begun"]["value"] == 0
    assert found["report"]["figures"]["first_answer"]["value"] is None
    assert len(found["report"]["spans"]) == 3
    assert agent_tui("--home", str(home), "report", "--from", "yesterday").code == 2
    turned = agent_tui("--home", str(home), "report", "--from", "2024-03-01", "--to", "2024-02-01")
    assert (turned.code, turned.out) == (2, "")
    assert "is after" in turned.err


def test_one_page_that_needs_nothing_else(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    ended = agent_tui("--home", str(home), "report", "--html", "--output", str(target))
    assert (ended.code, ended.out) == (0, "")
    text = target.read_text(encoding="utf-8")
    assert text.count("<svg") >= 7
    assert "<script" not in text
    assert not re.search(r"(src|href)=|url\(|@import", text)
    said = [definition.text for one, definition in DEFINITIONS.items() if one not in NOW]
    assert all(escape(one) in text for one in said)
    assert agent_tui("--home", str(home), "report", "--html", "--output", str(tmp_path)).code == 2
    assert agent_tui("--home", str(home), "report", "--output", "/nowhere/at/all").code == 1


NOW = {Figure.WAITING, Figure.UNANSWERED, Figure.LONGEST_WAIT, Figure.AVAILABLE, Figure.HERE, Figure.OPEN}
"""A period has none of these."""


def test_nothing_of_it_is_for_agents(home: Path) -> None:
    desk = json.loads((find_paths(home).desk / "desk.json").read_text())
    process = DeskProcess(find_paths(home).desk)
    process.url = desk["url"]
    for command in (("report",), ("monitor", "--once", "--json")) if monitor_is_here() else (("report",),):
        ended = agent_tui("--desk", desk["url"], *command, AGENT_TUI_TOKEN=process.token("Ada", "agent"))
        assert ended.code == 4
        assert "is not for the role agent" in ended.err


def monitor_is_here() -> bool:
    from agent_tui.cli.main import COMMANDS

    return "monitor" in COMMANDS


def test_who_watched_is_read_by_an_admin_at_once_and_by_agents_later(home: Path) -> None:
    ended = agent_tui("--home", str(home), "watched")
    assert ended.code == 0, ended.err
    assert re.search(r"c2 +Vera: \d+ s\n", ended.out)
    (line,) = agent_tui("--home", str(home), "watched", "--json", "--limit", "1").lines
    assert (line["conversation"], line["who"]) == (2, "Vera")
    desk = json.loads((find_paths(home).desk / "desk.json").read_text())
    process = DeskProcess(find_paths(home).desk)
    process.url = desk["url"]
    today = agent_tui("--desk", desk["url"], "watched", AGENT_TUI_TOKEN=process.token("Ada", "agent"))
    assert (today.code, today.out) == (0, "Nobody watched a conversation whose looks you can read today.\n")


# --- what foreign names do in it: nothing ---


def named(name: SafeText) -> Report:
    counts = {"answered": 1, "answer_ms": 1, "within": 1, "owned": 1}
    part = PeriodPart(0, 86_400_000, {"begun": 1, f"channel.{name}": 1}, (AgentCounts("a", name, counts),))
    return report_of([part], name, clean("UTC"))


@pytest.mark.parametrize("hostile", hostile_strings(), ids=str)
def test_hostile_names_are_only_text(hostile: HostileString) -> None:
    name = clean(hostile.text.encode(errors="replace").decode(), limit=200, multiline=False)
    report, plain = named(name), named(clean("plain"))
    assert re.findall(r"<[a-z/!]+", page(report)) == re.findall(r"<[a-z/!]+", page(plain))
    assert "\x1b" not in as_text(report)
    for row in csv.reader(io.StringIO(as_csv(report))):
        assert len(row) == 6
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_days_are_those_of_the_desk_also_when_clocks_change() -> None:
    spring = spans_of(date(2026, 3, 28), date(2026, 3, 30), "Europe/Amsterdam")
    assert [(until - since) // 3_600_000 for since, until in spring] == [24, 23, 24]
    year = spans_of(date(2026, 1, 1), date(2026, 12, 31), "Europe/Amsterdam")
    assert len(year) <= 60
    assert all(before[1] == after[0] for before, after in pairwise(year))
    assert (
        spans_of(date(2026, 1, 1), date(2026, 12, 31), "UTC")[-1][1]
        == spans_of(date(2027, 1, 1), date(2027, 1, 1), "UTC")[0][0]
    )
