"""Themes: the shipped ones are usable, a broken one is a sentence."""

from pathlib import Path

import pytest

from agent_tui.config.themes_folder import themes_folder
from agent_tui.ui.theming import FALLBACK_VARIABLES, BadTheme, read_theme, read_themes, variable_defaults


def test_every_theme_file_names_every_variable_of_ours() -> None:
    themes, complaints = read_themes()
    assert complaints == ()
    assert set(themes) == {"dark", "light", "high-contrast"}
    for theme, title in themes.values():
        assert title
        assert set(theme.variables) == set(FALLBACK_VARIABLES)


def test_a_theme_without_our_variables_gets_colours_of_its_own() -> None:
    theme, _ = read_theme(themes_folder() / "dark.toml")
    theme.variables.clear()
    defaults = variable_defaults(theme)
    assert set(defaults) == set(FALLBACK_VARIABLES)
    assert all(not value.startswith("$") for value in defaults.values())


@pytest.mark.parametrize(
    "text",
    [
        "name =",
        'name = "x"\ntitle = "X"\ndark = true\n[colors]\nprimary = "no colour"\n',
        'name = "x"\ntitle = "X"\ndark = true\n[colors]\naccent = "#ffffff"\n',
        'name = "x"\ntitle = "X"\ndark = true\ncolour = "x"\n[colors]\nprimary = "#ffffff"\n',
        'name = "x"\ntitle = "X"\ndark = true\n[colors]\nprimary = "#ffffff"\nprimery = "#ffffff"\n',
    ],
)
def test_a_broken_theme_is_a_sentence_that_names_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(BadTheme, match=r"mine\.toml"):
        read_theme(tmp_path / "mine.toml")
    themes, complaints = read_themes(tmp_path)
    assert themes == {}
    assert len(complaints) == 1
