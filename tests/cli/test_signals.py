"""`agent-tui signals`: from the command line, without a desk."""

import tomllib
from pathlib import Path

from tests.cli.command import Ended, agent_tui
from tests.signal_files import HELD_OUT, TUNED


def signals(*arguments: str, **env: str) -> Ended:
    return agent_tui("signals", *arguments, **env)


def test_a_line_is_tried() -> None:
    assert signals("try", "kunt u mij bellen", "WAAR IS MIJN GELD").out.splitlines() == [
        "asked        asked to be called  (line 1)",
        "capitals     capitals  (line 2)",
    ]
    assert signals("try", "bel me niet").out == "No call is offered: line 1 asks not to be called.\n"
    assert signals("try", "which colours?").out == "Nothing speaks for a call.\n"


def test_precision_and_recall_are_printed_of_all_each_language_and_each_file() -> None:
    ended = signals("measure", *map(str, TUNED), str(HELD_OUT))
    names = [line.split("  ")[0] for line in ended.out.splitlines()]
    assert names == ["all", "language en", "language nl", "english", "dutch", "held-out"]
    assert all("precision " in line and "recall " in line for line in ended.out.splitlines())


def test_the_rules_that_are_shown_can_be_used_as_one_s_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(signals("show").out, encoding="utf-8")
    assert "asked" in tomllib.loads(own.read_text(encoding="utf-8"))
    assert str(own) in signals("show", AGENT_TUI_PHONE_SIGNALS=str(own)).err
    own.write_text("[askd]\n", encoding="utf-8")
    ended = signals("try", "x", AGENT_TUI_PHONE_SIGNALS=str(own))
    assert (ended.code, "line 1: there is no setting `askd`" in ended.err) == (2, True)
