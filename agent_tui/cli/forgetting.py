"""What this machine keeps of an account, and how it is forgotten."""

import shutil
from pathlib import Path

from agent_tui.config import secrets
from agent_tui.config.paths import Paths
from agent_tui.config.profiles import Keeper, Profile, load_profiles, save_profiles
from agent_tui.storage.account_file import AccountFile
from agent_tui.storage.library.team_copy import LIBRARY_CACHE, TeamCopy
from agent_tui.storage.outbox import Outbox


def unsent(folder: Path) -> int:
    """How many messages were written and not sent. Raises `NotWritable`."""
    if not folder.exists():
        return 0
    file = AccountFile(folder)
    try:
        outbox = Outbox(file)
        outbox.adopt()
        return len(outbox.rows())
    finally:
        file.close()


def forget(paths: Paths, profile: Profile, *, with_unsent: bool) -> bool:
    """Forget token, profile and files. Without `with_unsent` the files stay where a message waits in them; then False.

    Whoever signs in again as the same person at the same desk finds that message. Raises `NotWritable`. May block.
    """
    folder = paths.account(profile.name)
    all_goes = with_unsent or not unsent(folder)
    if profile.keeper is not Keeper.OWN_DESK:
        secrets.forget(paths, profile)
    if all_goes:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        TeamCopy(folder).forget()
        (folder / LIBRARY_CACHE).unlink(missing_ok=True)
    save_profiles(paths, load_profiles(paths).without(profile.name))
    return all_goes
