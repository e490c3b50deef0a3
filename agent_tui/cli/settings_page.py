"""Writes the made part of the settings page: `python -m agent_tui.cli.settings_page docs/settings.md`."""

import sys
from pathlib import Path
from typing import Final

from agent_tui.config.keymap import ALL_ACTIONS, EXAMPLE
from agent_tui.config.settings import (
    LibrarySettings,
    LimitSettings,
    NoticeSettings,
    PhoneSettings,
    Settings,
    SoftphoneSettings,
)
from agent_tui.desk.docs import fields_table, table_of
from agent_tui.desk.phone_settings import PhoneSettings as DeskPhoneSettings
from agent_tui.desk.settings import DeskSettings, StageRule
from agent_tui.phones.asterisk.settings import AsteriskSettings
from agent_tui.phones.twilio.settings import TwilioSettings
from agent_tui.protocol.limits import Limits

BEGIN: Final = "<!-- From here on made by `python -m agent_tui.cli.settings_page`; do not edit. -->"
_WHERE: Final = {
    "everywhere": "also while typing",
    "typing": "while typing",
    "moving": "while moving",
    "monitor": "in the monitor",
}


def made_part() -> str:
    """Every setting and every action, as Markdown."""
    sections = (
        "## All of `settings.toml`",
        fields_table(Settings),
        f"### `[notices]`\n\n{fields_table(NoticeSettings)}",
        f"### `[wait]`\n\nHow long a customer may wait, in seconds, by stage.\n\n{fields_table(LimitSettings)}",
        f"### `[library]`\n\n{fields_table(LibrarySettings)}",
        f"### `[phone]`\n\n{fields_table(PhoneSettings)}",
        f"### `[softphone]`\n\n{fields_table(SoftphoneSettings)}",
        "## All of `desk.toml`",
        fields_table(DeskSettings),
        f"### `[[stage_rules]]`\n\n{fields_table(StageRule)}",
        f"### `[limits]`\n\n{fields_table(Limits)}",
        f"### `[phone]` of the desk\n\n{fields_table(DeskPhoneSettings)}",
        f"### `[phone.providers.asterisk]` of the desk\n\n{fields_table(AsteriskSettings)}",
        f"### `[phone.providers.twilio]` of the desk\n\n{fields_table(TwilioSettings)}",
        f"## A keymap\n\n```toml\n{EXAMPLE}```",
        f"## All actions\n\n{_actions()}",
    )
    return BEGIN + "\n\n" + "\n\n".join(sections) + "\n"


def with_made_part(text: str) -> str:
    """The file's text with its made part renewed."""
    return text.split(BEGIN)[0].rstrip() + "\n\n" + made_part()


def _actions() -> str:
    rows = [
        (f"`{action.id}`", ", ".join(f"`{key}`" for key in action.keys), _WHERE[action.where], action.title)
        for action in ALL_ACTIONS.values()
    ]
    return table_of(("action", "keys", "where", "does"), rows)


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(with_made_part(page.read_text(encoding="utf-8")), encoding="utf-8")
