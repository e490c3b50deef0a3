"""The rules of calling that are in force at this desk, worked out once from its settings."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from agent_tui.config.toml_settings import SettingsError
from agent_tui.core.hours import Hours
from agent_tui.core.phone.numbers import DialPolicy, check
from agent_tui.core.phone.states import Patience
from agent_tui.core.phone.texts import Texts, new_code
from agent_tui.desk.phone_settings import PhoneSettings
from agent_tui.model.call import Number, Timeouts
from agent_tui.storage.phone_texts import load_texts

KEY_FILE: Final = "phone.key"
QUEUE: Final = "queue"
POLICY_VERSION: Final = 1
"""Of the rules as such; stands in the audit."""
_EVERYWHERE: Final[dict[int, tuple[str, ...]]] = dict.fromkeys(range(1, 1000), ())


class Rules(Struct, frozen=True):
    """What may be called, when, by which way, and what customers are told."""

    settings: PhoneSettings
    company: str
    policy: DialPolicy
    caller_id: Number | None
    texts: Texts
    key: bytes
    patience: Patience
    hours: Callable[[], Hours]
    """When somebody is there."""
    present: Callable[[str], bool]
    """Whether a visitor's page is open."""
    in_console: Callable[[str], bool]
    """Whether a provider runs in consoles."""
    why_not: Callable[[str], str]
    """What is missing for a provider to be used; empty: nothing."""
    new_id: Callable[[], str]
    off: str = ""
    """Why there is no telephone although one is set up."""

    @property
    def on(self) -> bool:
        """There is a telephone."""
        return bool(self.settings.region) and not self.off

    @property
    def fingerprint(self) -> str:
        """Of the key: the database remembers under which one its hashes were made."""
        return hashlib.sha256(self.key).hexdigest()[:16]

    @property
    def ways(self) -> tuple[str, ...]:
        """The providers of the chain."""
        return tuple(name for name in self.settings.chain if name != QUEUE)

    @property
    def queue(self) -> bool:
        """Callbacks can be planned."""
        return self.on and QUEUE in self.settings.chain

    def minded(self, zones: tuple[str, ...]) -> tuple[str, ...]:
        """The zones whose hours for calls have to be kept: none where every hour will do."""
        return () if self.settings.hours == "always" else zones

    def hmac_of(self, e164: str) -> str:
        """What the audit and the do-not-call list keep of a number."""
        return base64.b64encode(hmac.digest(self.key, e164.encode(), hashlib.sha256)).decode()

    def new_code(self) -> str:
        """What the agent says first."""
        return new_code(secrets.SystemRandom())

    def language_of(self, spoken: str) -> str:
        """In which language a customer is written to."""
        language = spoken.partition("-")[0].lower()
        return language if language in self.texts.languages else self.settings.language


def rules_of(
    settings: PhoneSettings,
    home: Path,
    desk_name: str,
    *,
    hours: Callable[[], Hours],
    present: Callable[[str], bool],
    in_console: Callable[[str], bool],
    why_not: Callable[[str], str],
    new_id: Callable[[], str],
) -> Rules:
    """The rules. Raises `SettingsError` with what is wrong with them."""
    policy = DialPolicy(settings.region or "NL", _countries(settings.countries))
    if settings.region:
        check("", policy)  # the numbering plans are read now, not when the first key is pressed
    caller_id = any_number(settings.caller_id, settings.region)
    if settings.caller_id and caller_id is None:
        raise SettingsError(
            f"desk.toml: `phone.caller_id` is {settings.caller_id!r}, which is no number; write it like +31201234567."
        )
    times = Timeouts(settings.ring_agent_s, settings.ring_customer_s, settings.setup_s, settings.longest_s)
    return Rules(
        settings=settings,
        company=settings.company or desk_name,
        policy=policy,
        caller_id=caller_id,
        texts=load_texts(settings.texts, settings.language),
        key=_key(home / KEY_FILE) if settings.region else b"",
        patience=Patience(
            times, requested_ms=settings.undo_keeps_ms, lease_ms=settings.lease_ms, reported_ms=settings.reported_ms
        ),
        hours=hours,
        present=present,
        in_console=in_console,
        why_not=why_not,
        new_id=new_id,
    )


def _countries(given: tuple[str, ...]) -> Mapping[int, tuple[str, ...]] | None:
    if not given:
        return None
    found: dict[int, tuple[str, ...]] = {}
    for entry in given:
        code, _, regions = entry.partition(":")
        if not (code.isascii() and code.isdigit() and len(code) <= 3):
            raise SettingsError(f"desk.toml: `phone.countries` has {entry!r}; write calling codes like 31 or 1:US,CA.")
        found[int(code)] = tuple(region.strip().upper() for region in regions.split(",") if region.strip())
    return found


def any_number(text: str, region: str) -> Number | None:
    """A number of ours, wherever it is: one that is shown, not dialled. None where it isn't one."""
    found = check(text, DialPolicy(region or "NL", _EVERYWHERE)).number if text else None
    return Number(found.e164, shown=found.shown) if found else None


def _key(path: Path) -> bytes:
    """The key of the hashes: made once, for the owner's eyes only. Without it no earlier number is known again."""
    try:
        if path.exists():
            return path.read_bytes()
        key = secrets.token_bytes(32)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SettingsError(f"{path} can't be read or made: {error.strerror or error}.") from None
    return key
