"""The desk's settings: `desk.toml` in its home, each one overridable by `AGENT_TUI_DESK_…`."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from agent_tui.config.toml_settings import load
from agent_tui.desk.phone_settings import PhoneSettings
from agent_tui.model.words import Stage
from agent_tui.protocol.limits import Limits

SETTINGS_FILE = "desk.toml"
ENVIRONMENT_PREFIX = "AGENT_TUI_DESK_"

_MINUTE_MS = 60_000
_DAY_MS = 24 * 3_600_000


class StageRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Guess a conversation's first stage from the page it began on."""

    page: str
    """Beginning of the page's path, such as `/pricing`."""
    stage: Stage


class DeskSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What an admin can set. Times are in milliseconds."""

    name: str = "Desk"
    origins: tuple[str, ...] = ()
    """Sites that embed the widget, exactly as browsers say them: `https://example.org`, no path."""
    public_url: str = ""
    """The address customers' browsers know this desk by, where a proxy stands in front of it: `https://chat.example.org`."""
    site_key: str = ""
    """Shared with the site's server, which signs its customers' ids with it (HMAC-SHA-256)."""
    stage_rules: tuple[StageRule, ...] = ()
    """The first that fits wins."""
    supervisors_see_contacts: bool = False
    """Supervisors may look at a customer's numbers and addresses; each time leaves an audit line."""
    watched_shown_after_days: int = 1
    """From how many days later on agents can read who watched their conversations; 0: at once."""
    metrics_public: bool = False
    """Answer `/metrics` to anybody; otherwise only on loopback and to a staff token."""
    login_attempts: int = 5
    login_window_ms: int = 15 * _MINUTE_MS
    """`login_attempts` wrong codes or secrets from one address within this time; then it has to wait."""
    session_unused_ms: int = 60 * _DAY_MS
    """A device that was not used for this long is signed out."""
    invite_ms: int = _DAY_MS
    ticket_ms: int = 30_000
    hello_ms: int = 5_000
    """A socket that said no hello for this long is closed."""
    sockets_per_visitor: int = 5
    page_grace_ms: int = 2_000
    """A page that comes back within this time was never away: a reload."""
    typing_ms: int = 6_000
    """A typist who says nothing more for this long has stopped."""
    ping_ms: int = 10_000
    """Every socket is asked for a sign of life this often, and closed when none came for as long again."""
    retry_after_ms: int = 1_000
    """What readers are told at a planned stop; they add jitter."""
    connections: int = 12_000
    """Connections of all kinds at once; more are answered 503."""
    drain_ms: int = 5_000
    """Longest time a planned stop waits for readers to take what is theirs."""
    max_page_count: int = 0
    """Largest size of the database in pages of 4 KiB; 0: as large as the disk allows."""
    limits: Limits = Limits()
    phone: PhoneSettings = PhoneSettings()
    signals: str = ""
    """A file of rules by which monitors are told that a call would help (docs/phone.md); empty: the usual ones."""


def load_settings(home: Path, environ: Mapping[str, str]) -> DeskSettings:
    """The settings of the desk in `home`. Raises `SettingsError` with file, line and the nearest known key."""
    return load(DeskSettings, home / SETTINGS_FILE, environ, ENVIRONMENT_PREFIX)
