"""Programs a test needs. One is missing: the test skips with the install line; AGENT_TUI_REQUIRE=all makes it fail."""

import os
import shutil

import pytest


def nothing_may_skip() -> bool:
    """True in CI, where every program is installed."""
    return os.environ.get("AGENT_TUI_REQUIRE") == "all"


def require(program: str, install_line: str) -> str:
    """The path of `program`. Where it is missing the test skips (or fails), saying `install_line`."""
    path = shutil.which(program)
    if path is not None:
        return path
    reason = f"{program} is missing: {install_line}"
    if nothing_may_skip():
        pytest.fail(reason)
    pytest.skip(reason)
