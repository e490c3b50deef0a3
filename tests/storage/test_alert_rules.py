"""The file of alerts by threshold: what is wrong in it is said with its line, and nothing of it is used."""

from pathlib import Path

import pytest

from agent_tui.config.toml_settings import SettingsError
from agent_tui.core.monitor.alerts import Loud
from agent_tui.storage.alert_rules import EXAMPLE, load_alert_rules
from agent_tui.storage.monitor_file import MonitorFile


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "alerts.toml"
    path.write_text(text)
    return path


def test_without_a_file_there_is_no_rule(tmp_path: Path) -> None:
    assert load_alert_rules(tmp_path / "alerts.toml") == ()


def test_the_example_works(tmp_path: Path) -> None:
    longest, level, waiting = load_alert_rules(written(tmp_path, EXAMPLE))
    assert (longest.metric, longest.over, longest.for_ms, longest.loud) == (
        "longest_wait",
        300_000,
        30_000,
        Loud.NOTICE,
    )
    assert longest.said == "longest wait over 5m for 30s"
    assert (level.metric, level.under, level.over) == ("service_level", 0.8, None)
    assert (waiting.over, waiting.for_ms, waiting.loud) == (8, 0, Loud.BELL)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[alert]]\nmetric = 'longest_wayt'\nover = '5m'\n", "no metric `longest_wayt`. Did you mean `longest_wait`?"),
        ("[[alert]]\nover = 5\n", "it names no `metric`"),
        ("\n\n[[alert]]\nmetric = 'waiting'\n", "alert in line 3: it wants exactly one of `over` and `under`"),
        ("[[alert]]\nmetric = 'waiting'\nover = 1\nunder = 2\n", "exactly one"),
        ("[[alert]]\nmetric = 'waiting'\nover = '5m'\n", "`over` wants a number for `waiting`"),
        ("[[alert]]\nmetric = 'waiting'\nover = true\n", "wants a number"),
        ("[[alert]]\nmetric = 'longest_wait'\nover = 5\n", "a time in quotes"),
        ("[[alert]]\nmetric = 'service_level'\nunder = 0.8\n", "a share in quotes"),
        ("[[alert]]\nmetric = 'waiting'\nover = 1\nfor = 3\n", "`for` wants a time"),
        ("[[alert]]\nmetric = 'waiting'\nover = 1\nloud = 'very'\n", "`loud` is one of quiet, bell, notice"),
        ("[[alert]]\nmetric = 'waiting'\nover = 1\nlaut = 'bell'\n", "no `laut` in an alert"),
        ("[[alerts]]\nmetric = 'waiting'\n", "line 1: there is no `alerts` here, only [[alert]]"),
        ("[alert]\nmetric = 'waiting'\nover = 1\n", "with two brackets"),
        ("[[alert]\n", "can't be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        load_alert_rules(written(tmp_path, text))
    assert said in str(wrong.value)
    assert "alerts.toml" in str(wrong.value)


def test_what_a_monitor_keeps_comes_back_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = tmp_path / "monitors" / "acme.json"
    kept = MonitorFile.load(path)
    kept.acknowledged.add("flag/2/17")
    kept.pinned.append("42")
    assert kept.save() == ""
    again = MonitorFile.load(path)
    assert (again.acknowledged, again.pinned) == ({"flag/2/17"}, ["42"])
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_can_not_be_read_is_an_empty_one_and_one_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    path = tmp_path / "acme.json"
    path.write_text("{ not json")
    assert MonitorFile.load(path).acknowledged == set()
    (tmp_path / "file").write_text("")
    assert "can't be kept" in MonitorFile.load(tmp_path / "file" / "acme.json").save()
