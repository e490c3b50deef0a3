"""A team's own texts about calls: in front of the usual ones, and what is wrong in them is named."""

from pathlib import Path

import pytest

from agent_tui.config.toml_settings import SettingsError
from agent_tui.core.phone.texts import TextKey
from agent_tui.storage.phone_texts import load_texts


def written(folder: Path, text: str) -> Path:
    path = folder / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_a_team_writes_stands_in_front_of_the_usual(tmp_path: Path) -> None:
    texts = load_texts(written(tmp_path, '[nl.je]\nour_side = "Het lukte niet, {agent} is er nog."\n'))
    assert texts.say(TextKey.OUR_SIDE, "nl", "je", agent="Ada") == "Het lukte niet, Ada is er nog."
    assert texts.say(TextKey.OUR_SIDE, "nl", "u").startswith("Het bellen lukte niet")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[en]\n[nl]\nthanx = 'x'\n", "ours.toml, line 3: there is no text `thanx`. Did you mean `thanks`?"),
        (
            "[en]\nthanks = 'x'\n\n[nl]\nthanks = 'Dank {u}'\n",
            "ours.toml, line 5: `nl.thanks` does not fit: there is no `{u}`",
        ),
        ("[nl.je]\nask = 'Bellen?'\n", "ours.toml, line 2: `nl.je.ask` does not fit: it has to say `{last4}`"),
        ("[nl]\nthanks = 3\n", "line 2: `nl.thanks` does not fit: it is no text"),
        ("thanks = 'x'\n", "line 1: `thanks` stands in no language"),
        ("[de]\nthanks = 'Danke'\n", "the language `de` has no `ask_number`"),
        ("[en\n", "not valid TOML"),
    ],
)
def test_a_broken_file_names_file_line_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as told:
        load_texts(written(tmp_path, text))
    assert complaint in str(told.value)


def test_a_file_that_is_not_there_and_a_language_nobody_wrote_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        load_texts(tmp_path / "nowhere.toml")
    with pytest.raises(SettingsError, match="`fr`"):
        load_texts(default="fr")
