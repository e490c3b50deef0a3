"""Settings files: what is read, what wins, and what a person is told when something is wrong."""

from pathlib import Path

import pytest

from agent_tui.config.paths import find_paths
from agent_tui.config.settings import Settings, load_settings
from agent_tui.config.toml_settings import SettingsError


def with_file(home: Path, text: str) -> Path:
    paths = find_paths(home)
    paths.config.mkdir(parents=True)
    paths.settings.write_text(text, encoding="utf-8")
    return home


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(find_paths(tmp_path), {}) == Settings()


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    with_file(tmp_path, 'theme = "light"\n[notices]\nbell = false\nrepeat_s = 10\n')
    settings = load_settings(find_paths(tmp_path), {"AGENT_TUI_NOTICES_REPEAT_S": "5", "AGENT_TUI_HOME": "x"})
    assert (settings.theme, settings.notices.bell, settings.notices.repeat_s) == ("light", False, 5)


def test_a_variable_for_a_text_is_that_text_whatever_it_looks_like(tmp_path: Path) -> None:
    settings = load_settings(find_paths(tmp_path), {"AGENT_TUI_PROFILE": "+31201234567", "AGENT_TUI_THEME": '"light"'})
    assert (settings.profile, settings.theme) == ("+31201234567", "light")


def test_an_unknown_key_names_file_line_and_the_nearest(tmp_path: Path) -> None:
    with_file(tmp_path, '# hello\ntheme = "light"\n\n[notices]\nbel = false\n')
    with pytest.raises(SettingsError) as error:
        load_settings(find_paths(tmp_path), {})
    assert "settings.toml, line 5" in str(error.value)
    assert "Did you mean `bell`?" in str(error.value)


def test_a_value_that_does_not_fit_names_its_line(tmp_path: Path) -> None:
    with_file(tmp_path, '\nblink = "perhaps"\n')
    with pytest.raises(SettingsError) as error:
        load_settings(find_paths(tmp_path), {})
    assert "line 2" in str(error.value)
    assert "`blink` does not fit" in str(error.value)


def test_broken_toml_is_a_sentence(tmp_path: Path) -> None:
    with_file(tmp_path, "theme = \n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(find_paths(tmp_path), {})


def test_an_unknown_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"AGENT_TUI_THEEM.*Did you mean `theme`"):
        load_settings(find_paths(tmp_path), {"AGENT_TUI_THEEM": "dark"})


def test_one_home_holds_everything(tmp_path: Path) -> None:
    paths = find_paths(None, {"AGENT_TUI_HOME": str(tmp_path)})
    assert all(folder.is_relative_to(tmp_path) for folder in (paths.config, paths.data, paths.state, paths.desk))
