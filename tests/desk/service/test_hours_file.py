"""The opening hours' file: what it means now, in a sentence, and that a bad one changes nothing."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent_tui.config.toml_settings import SettingsError
from agent_tui.desk.service.hours_file import HOURS_FILE, HoursFile
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireHours
from tests.desk.people import Clock, DeskInTest

SHOP = 'time_zone = "Europe/Amsterdam"\n[week]\nmon = ["09:00-17:30"]\nfri = ["09:00-17:30"]\n'


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp() * 1000)


@pytest.mark.parametrize(
    ("when", "is_open", "sentence"),
    [
        ("2026-11-23T10:00", True, "We are open until 17:30."),
        ("2026-11-23T08:00", False, "We are back 09:00."),
        ("2026-11-23T18:00", False, "We are back Friday 09:00."),
        ("2026-11-27T18:00", False, "We are back Monday 09:00."),
    ],
)
def test_what_it_means_now(tmp_path: Path, when: str, is_open: bool, sentence: str) -> None:
    clock = Clock()
    clock.now = at(when)
    (tmp_path / HOURS_FILE).write_text(SHOP)
    now = HoursFile(tmp_path / HOURS_FILE, clock).now()
    assert (now.open, now.sentence, now.time_zone) == (is_open, sentence, "Europe/Amsterdam")


def test_the_answer_changes_when_the_hours_do(tmp_path: Path) -> None:
    clock = Clock()
    clock.now = at("2026-11-23T08:59:59")
    (tmp_path / HOURS_FILE).write_text(SHOP)
    hours = HoursFile(tmp_path / HOURS_FILE, clock)
    assert not hours.now().open
    clock.pass_by(1000)
    assert hours.now().open
    clock.pass_by(-1000)
    assert not hours.now().open, "a clock that was put back"


async def test_a_visitor_is_told_when_we_open_as_a_moment_and_not_in_our_words(desk: DeskInTest) -> None:
    boss, visitor = await desk.connected("Grace", Role.ADMIN), await desk.visitor()
    desk.clock.now = at("2026-11-23T18:00")
    await desk.service.set_hours(boss, SHOP)
    closed = await desk.service.status(visitor.id)
    assert (closed.open_now, closed.opens_at) == (False, at("2026-11-27T09:00"))
    desk.clock.now = at("2026-11-27T09:00")
    opened = await desk.service.status(visitor.id)
    assert (opened.open_now, opened.opens_at) == (True, None)


def test_hours_that_cannot_be_written_stay_as_they_are(tmp_path: Path) -> None:
    hours = HoursFile(tmp_path / HOURS_FILE, Clock())
    (tmp_path / HOURS_FILE).with_suffix(".new").mkdir()
    with pytest.raises(Refusal, match=r"can't be written .* The hours stay as they are\."):
        hours.replace(SHOP)
    assert hours.text == ""
    assert hours.now().open


async def test_hours_are_replaced_whole_and_a_bad_file_changes_nothing(desk: DeskInTest) -> None:
    boss = await desk.connected("Grace", Role.ADMIN)
    assert desk.service.hours() == WireHours(open=True, time_zone="UTC")
    await desk.service.set_hours(boss, SHOP)
    assert await desk.service.hours_text() == SHOP
    now = desk.service.hours()
    assert now.closed
    assert now.open is not any(since <= desk.clock() < until for since, until in now.closed)
    assert (desk.folder / HOURS_FILE).read_text() == SHOP
    with pytest.raises(Refusal) as caught:
        await desk.service.set_hours(boss, "opening = 1")
    assert caught.value.answer.code is Code.BAD_VALUE
    assert "stay as they are" in caught.value.answer.detail
    assert (desk.folder / HOURS_FILE).read_text() == SHOP
    assert [line[1] for line in desk.audit()] == ["opening hours changed"]


def test_a_bad_file_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / HOURS_FILE).write_text("week = 3")
    with pytest.raises(SettingsError, match=HOURS_FILE):
        HoursFile(tmp_path / HOURS_FILE, Clock())
