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


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what the outside and the settings may raise into a sentence and an exit code."""
    from agent_tui.config.secrets import NoKeyring, NoToken
    from agent_tui.config.toml_settings import SettingsError
    from agent_tui.ports.errors import AuthExpired, Forbidden, PortError, ServerTrouble, Unreachable

    try:
        yield
    except SettingsError as error:
        leave(Exit.USAGE, str(error))
    except (AuthExpired, Forbidden, NoToken) as error:
        leave(Exit.NOT_ALLOWED, str(error))
    except (Unreachable, ServerTrouble) as error:
        leave(Exit.CANNOT_CONNECT, str(error))
    except (PortError, NoKeyring) as error:
        leave(Exit.FAILED, str(error))
