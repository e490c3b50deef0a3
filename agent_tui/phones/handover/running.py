"""Starting a program with a number: its own session, nothing on its input, never a shell."""

import asyncio
import logging
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Final

from agent_tui.phones.handover.template import masked

_log = logging.getLogger(__name__)
_LOGGED_BYTES: Final = 4096
SETTLES_WITHIN_S: Final = 0.5
"""A program that goes on with its call has failed if it ends with an error this soon."""


class Failed(Exception):
    """It did not do it. The text says what it did instead, without any number."""


async def run_to_its_end(argv: Sequence[str], env: Mapping[str, str], timeout_s: float) -> None:
    """Run it until it ends well. Raises `Failed`; what is too slow is ended, with all it started.

    What it prints goes to the log with digits masked, and through a file: a telephone that it leaves behind keeps its
    output open, and waiting for the end of a pipe would be waiting for the end of the call.
    """
    with tempfile.TemporaryFile() as output:
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **env},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise Failed(_not_started(argv[0], error)) from None
        try:
            code = await asyncio.wait_for(process.wait(), timeout_s)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            raise Failed(f"{argv[0]} did not end within {timeout_s:g} s and was stopped") from None
        finally:
            _log_output(argv[0], output)
    if code != 0:
        raise Failed(f"{argv[0]} ended with {code}")


async def keep_running(argv: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program that goes on as long as the call does, also when the console is left. Raises `Failed`.

    Its output is dropped: a pipe of ours would break, and end the call, when the console is left.
    """
    try:
        process = subprocess.Popen(  # noqa: S603
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **env},
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise Failed(_not_started(argv[0], error)) from None
    await asyncio.sleep(SETTLES_WITHIN_S)
    if process.poll():
        raise Failed(f"{argv[0]} ended with {process.returncode}")
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a running program, and all it started, to end."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)


def _not_started(program: str, error: OSError | ValueError) -> str:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{program} could not be started ({why})"


def _log_output(program: str, output: IO[bytes]) -> None:
    output.seek(0)
    said = output.read(_LOGGED_BYTES).decode(errors="replace").strip()
    if said:
        _log.info("%s: %s", program, masked(said))
