"""Exit codes, and how a command ends with a sentence."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn


class Exit(IntEnum):
    """What a script can rely on."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CANNOT_CONNECT = 3
    NOT_ALLOWED = 4


def leave(code: Exit, sentence: str) -> NoReturn:
    """End the command: the sentence on stderr, the code for scripts."""
    sys.stderr.write(f"agent-tui: {sentence}\n")
    raise SystemExit(int(code))


def exit_of(error: Exception) -> Exit:
    """The exit code for what the outside and the settings may raise."""
    from agent_tui.config.secrets import NoToken
    from agent_tui.config.toml_settings import SettingsError
    from agent_tui.ports.errors import AuthExpired, Forbidden, ServerTrouble, Unreachable

    table: tuple[tuple[tuple[type[Exception], ...], Exit], ...] = (
        ((SettingsError,), Exit.USAGE),
        ((AuthExpired, Forbidden, NoToken), Exit.NOT_ALLOWED),
        ((Unreachable, ServerTrouble), Exit.CANNOT_CONNECT),
    )
    return next((code for kinds, code in table if isinstance(error, kinds)), Exit.FAILED)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what the outside and the settings may raise into a sentence and an exit code."""
    from agent_tui.config.secrets import NoKeyring, NoToken
    from agent_tui.config.toml_settings import SettingsError
    from agent_tui.ports.errors import PortError

    try:
        yield
    except (SettingsError, PortError, NoToken, NoKeyring) as error:
        leave(exit_of(error), str(error))
