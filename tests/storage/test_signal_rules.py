"""Rules files and files of excerpts: what is wrong in them is named."""

from pathlib import Path

import pytest

from agent_tui.config.toml_settings import SettingsError
from agent_tui.core.signals.seeing import read_signals
from agent_tui.model.words import Stage
from agent_tui.storage.signals.excerpts import read_excerpts
from agent_tui.storage.signals.reading import load_rules, own_rules_file
from tests.signal_files import spoken


def written(folder: Path, text: str) -> Path:
    path = folder / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_team_s_file_is_used_instead_of_the_usual_one(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path, '[distress]\nphrases = ["knudde"]\n'))
    told = [s.seen for s in read_signals(spoken("wat een KNUDDE", "call me"), Stage.SUPPORT, rules).signals]
    assert told == ["“knudde”"]


def test_the_usual_file_copied_says_the_same(tmp_path: Path) -> None:
    copy = written(tmp_path, own_rules_file().read_text(encoding="utf-8"))
    assert load_rules(copy).table == load_rules("").table


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("reach = 3\n[distres]\n", "ours.toml, line 2: there is no setting `distres`. Did you mean `distress`?"),
        ("[asked]\nphrase = []\n", "ours.toml, line 2: there is no setting `phrase`. Did you mean `phrases`?"),
        ("[stuck]\n\nturns = 'x'\n", "ours.toml, line 3: `stuck.turns` does not fit"),
        (
            '[asked]\nphrases = [\n"call me",\n".. call"]\n',
            "ours.toml, line 4: `asked.phrases` does not fit: `.. call`",
        ),
        ("[asked\n", "ours.toml is not valid TOML"),
    ],
)
def test_a_broken_file_names_file_line_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as told:
        load_rules(written(tmp_path, text))
    assert complaint in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        load_rules(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[excerpt]]\nid = 'a'\n", "ours.toml: "),
        (
            "[[excerpt]]\nid='a'\nstage='support'\ncall=true\nkind='x'\nlines='Hi'\n",
            "in `a` a line begins with neither",
        ),
    ],
)
def test_a_broken_file_of_excerpts_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_excerpts(written(tmp_path, text))
    assert complaint in str(told.value)
