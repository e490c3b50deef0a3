"""What the console is started with: settings and keymap in force, and the sentences about what is not."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent_tui.cli.console_options import load_options, save_theme
from agent_tui.config.keymap import DEFAULT_KEYMAP
from agent_tui.config.paths import Paths, find_paths
from agent_tui.model.words import Stage


@pytest.fixture
def paths(agent_tui_home: Path) -> Paths:
    found = find_paths(agent_tui_home)
    found.config.mkdir(parents=True)
    return found


def test_without_files_everything_is_as_usual(paths: Paths) -> None:
    settings, options = load_options(paths)
    assert settings.profile == ""
    assert options.complaints == ()
    assert options.theme == "dark"
    assert options.keymap == DEFAULT_KEYMAP
    assert options.zone is None
    assert options.limits[Stage.CLOSING] == 40_000


def test_settings_and_keys_are_taken_from_their_files(paths: Paths) -> None:
    paths.settings.write_text('theme = "light"\ntime_zone = "Europe/Amsterdam"\n[wait]\nsupport = 30\n')
    paths.keymap.write_text('"chat.resolve" = "x"\n')
    _, options = load_options(paths)
    assert options.theme == "light"
    assert options.zone == ZoneInfo("Europe/Amsterdam")
    assert options.limits[Stage.SUPPORT] == 30_000
    assert options.keymap["chat.resolve"] == ("x",)


def test_what_is_wrong_is_said_and_the_rest_is_used(paths: Paths) -> None:
    paths.settings.write_text('theme = "light"\ntime_zone = "Europe/Nowhere"\n')
    paths.keymap.write_text('"chat.resolve" = "ctrl+h"\n')
    _, options = load_options(paths)
    assert options.theme == "light"
    assert options.zone is None
    assert options.keymap == DEFAULT_KEYMAP
    keymap, zone = options.complaints
    assert "`ctrl+h` can't be used for `chat.resolve`" in keymap
    assert "no time zone `Europe/Nowhere`" in zone


@pytest.mark.parametrize("text", ["theem = 'light'\n", "theme = \n", "theme = 3\nblink = 'x'\n", "\xff\xfe"])
def test_a_broken_file_is_named_and_the_usual_settings_are_in_force(paths: Paths, text: str) -> None:
    paths.settings.write_bytes(text.encode("latin-1"))
    _, options = load_options(paths)
    (complaint,) = options.complaints
    assert str(paths.settings) in complaint
    assert "usual settings" in complaint
    assert options.theme == "dark"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, 'theme = "light"\n'),
        ("", 'theme = "light"\n'),
        ('# mine\ntheme = "dark" # why\nblink = true\n', '# mine\ntheme = "light"\nblink = true\n'),
        ("blink = true\n\n[wait]\nsupport = 30\n", 'theme = "light"\nblink = true\n\n[wait]\nsupport = 30\n'),
        ('[other]\ntheme = "no"\n', 'theme = "light"\n[other]\ntheme = "no"\n'),
    ],
)
def test_a_theme_that_was_chosen_is_kept_and_nothing_else_changes(paths: Paths, before: str | None, after: str) -> None:
    if before is not None:
        paths.settings.write_text(before)
    save_theme(paths.settings, "light")
    assert paths.settings.read_text() == after


def test_a_settings_file_that_cannot_be_written_stays_as_it_is(paths: Paths) -> None:
    paths.settings.mkdir()
    save_theme(paths.settings, "light")
    assert paths.settings.is_dir()
