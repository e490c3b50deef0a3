"""A desk that is not running: what its admin may do to its accounts meanwhile, in its store, under its lock."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from agent_tui.desk.auth import Invitation, invitation
from agent_tui.desk.home_lock import home_locked
from agent_tui.desk.service import availability
from agent_tui.desk.service.moment import Moment
from agent_tui.desk.settings import DeskSettings, load_settings
from agent_tui.desk.store import Store, StoreSettings, Transaction, accounts
from agent_tui.model.words import Role
from agent_tui.protocol.records import WireSession
from agent_tui.protocol.requests import Revoked


class OfflineDesk:
    """Accounts of a desk whose process is not there. Raises `Refusal` as the running desk does."""

    def __init__(self, store: Store, settings: DeskSettings) -> None:
        self._store = store
        self._settings = settings

    def invite(self, name: str, role: Role) -> Invitation:
        """A single-use code."""
        return self._store.write_now(invitation(name, role, None, _now_ms(), self._settings.invite_ms))

    def sessions(self) -> list[WireSession]:
        """The devices that are signed in; local ones ended with the desk."""
        used_after = _now_ms() - self._settings.session_unused_ms
        return self._store.read_now(lambda c: accounts.sessions(c, used_after=used_after, desk_start=""))

    def revoke(self, name: str, device: str = "") -> Revoked:
        """End a person's devices, or one of them; with the account, their conversations go back to the queue."""
        now = _now_ms()
        moment = Moment(now, self._settings.limits, self._settings.stage_rules)

        def end(tx: Transaction) -> Revoked:
            ended = accounts.revoke(tx, name, device, now)
            given_back = availability.give_back(tx, moment, ended.agent) if ended.account else 0
            tx.audit(now, "", "", "revoked", detail=f"{name}, {device}" if device else name)
            return Revoked(len(ended.sessions), given_back)

        return self._store.write_now(end)


@contextlib.contextmanager
def offline_desk(home: Path) -> Iterator[OfflineDesk]:
    """The desk in `home`, while nobody else has it. Raises `HomeTaken`, `SettingsError`, `StoreError`."""
    settings = load_settings(home, os.environ)
    with home_locked(home):
        store = Store.open(home, StoreSettings(max_page_count=settings.max_page_count))
        try:
            yield OfflineDesk(store, settings)
        finally:
            store.close()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
