"""`--home` after a command's name means what it means before it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def use_home(home: Path | None) -> None:
    """From here on, also for programs this one starts, config, data and state are in `home`."""
    if home is not None:
        os.environ["AGENT_TUI_HOME"] = str(home.expanduser().absolute())


def _chosen(_: click.Context, __: click.Parameter, home: Path | None) -> None:
    use_home(home)


def home_option(command: F) -> F:
    """Give a command its own `--home`."""
    return click.option(
        "--home",
        type=click.Path(path_type=Path),
        expose_value=False,
        is_eager=True,
        callback=_chosen,
        help="One folder for config, data and state (AGENT_TUI_HOME).",
    )(command)
