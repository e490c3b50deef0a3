"""The page of settings is current, and what it shows can be copied."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from agent_tui.cli.settings_page import with_made_part
from agent_tui.config.actions import ACTIONS
from agent_tui.config.keymap import load_keymap
from agent_tui.config.paths import find_paths
from agent_tui.config.settings import Settings, load_settings
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.settings import load_settings as load_desk_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def example_under(page: str, heading: str) -> str:
    """The first TOML block below a heading."""
    found = re.search(rf"^## {heading}$.*?```toml\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    assert found is not None, heading
    return found[1]


def test_the_page_is_current(page: str) -> None:
    assert page == with_made_part(page), "run: .venv/bin/python -m agent_tui.cli.settings_page docs/settings.md"


@pytest.mark.parametrize("kind", [Settings, DeskSettings])
def test_every_setting_is_named(page: str, kind: type[msgspec.Struct]) -> None:
    tables = [field.type for field in msgspec.structs.fields(kind) if isinstance(field.type, type)]
    structs = [kind, *(table for table in tables if issubclass(table, msgspec.Struct))]
    names = [name for struct in structs for name in struct.__struct_fields__]
    assert len(names) > 15
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_every_action_is_named(page: str) -> None:
    assert [action.id for action in ACTIONS if f"| `{action.id}` |" not in page] == []


def test_its_examples_can_be_copied(page: str, tmp_path: Path) -> None:
    paths = find_paths(tmp_path)
    paths.config.mkdir()
    paths.keymap.write_text(example_under(page, "A keymap"))
    assert load_keymap(paths.keymap)["chat.most_urgent"] == ("f5",)
    paths.settings.write_text(example_under(page, r"The console: `settings\.toml`"))
    assert load_settings(paths, {}).wait.closing == 30
    desk = example_under(page, r"The desk: `desk\.toml`")
    (tmp_path / "desk.toml").write_text(desk)
    assert (
        load_desk_settings(tmp_path, {}).limits.sockets_per_address
        == tomllib.loads(desk)["limits"]["sockets_per_address"]
    )
    kept = load_desk_settings(tmp_path, {"AGENT_TUI_DESK_ORIGINS": '["https://www.example.org"]'})
    assert kept.origins == ("https://www.example.org",)
