"""People to invite, from a CSV file: `name,role`, one a line; a first line with just these words is a heading."""

import csv
from pathlib import Path

from agent_tui.config.toml_settings import SettingsError, nearest
from agent_tui.model.words import Role
from agent_tui.protocol.requests import Invite

_STAFF = {role.value: role for role in Role if role is not Role.VISITOR}


def read_people(path: Path) -> list[Invite]:
    """Everybody in the file, nobody if a line is wrong. Who has no role is an agent. Raises `SettingsError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Nobody was invited.") from None
    if rows and rows[0][1][0].lower() == "name":
        del rows[0]
    if not rows:
        raise SettingsError(f"{path} names nobody. A line is like: Ada Lovelace,agent")
    return [_person(f"{path}, line {line}", *cells) for line, cells in rows]


def _person(place: str, name: str, role: str = "", *more: str) -> Invite:
    role = role.lower() or Role.AGENT.value
    if not name:
        raise SettingsError(f"{place}: there is no name. Nobody was invited.")
    if more:
        raise SettingsError(f"{place}: there is more than a name and a role. Nobody was invited.")
    if role not in _STAFF:
        raise SettingsError(f"{place}: {role!r} is no role. {nearest(role, _STAFF)} Nobody was invited.")
    return Invite(name, _STAFF[role])
