"""Who may import what: the layers of pyproject.toml, and the rules that import-linter cannot express."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walls.sources import PACKAGE, ROOT, modules, name_of, parse

NETWORK_CLIENTS = {"aiohttp", "http.client", "httpx", "requests", "urllib.request", "websockets"}
# The one place that makes them, with the guard around them; the desk is a server and serves sockets.
MAY_MAKE_CLIENTS = ("agent_tui/runtime/net.py",)


def for_types_only(tree: ast.AST) -> set[ast.AST]:
    """What stands under `if TYPE_CHECKING`: it is never run."""
    return {
        node
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for statement in branch.body
        for node in ast.walk(statement)
    }


def imports_of(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(module, names taken from it) of each absolute import that is run."""
    never_run = for_types_only(tree)
    for node in ast.walk(tree):
        if node in never_run:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, tuple(alias.name for alias in node.names)


def is_within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def makes_a_client(tree: ast.AST) -> list[str]:
    """Imports by which a module could open a connection of its own. Types and exceptions may be named anywhere."""
    found = []
    for module, names in imports_of(tree):
        spelled = {module, *(f"{module}.{name}" for name in names)}
        only_exceptions = module == "websockets.exceptions" or (
            names and all(name.endswith(("Error", "Exception", "Timeout")) for name in names)
        )
        if not only_exceptions and any(is_within(name, NETWORK_CLIENTS) for name in spelled):
            found.append(module)
    return found


def test_import_linter_contracts_hold() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_network_clients_are_made_in_one_place() -> None:
    assert {
        name_of(path): found
        for path in modules()
        if name_of(path) not in MAY_MAKE_CLIENTS and (found := makes_a_client(parse(path)))
    } == {}


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "from httpx import AsyncClient",
        "import websockets.asyncio.client",
        "from websockets.asyncio.client import connect",
        "from urllib import request",
        "def late():\n    import httpx",
        "if TYPE_CHECKING:\n    import httpx\nelse:\n    import httpx",
        "from httpx import HTTPError, AsyncClient",
    ],
)
def test_an_import_that_can_open_a_connection_is_found(source: str) -> None:
    assert makes_a_client(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "if TYPE_CHECKING:\n    import httpx",
        "from httpx import HTTPError, ReadTimeout",
        "from websockets.exceptions import ConnectionClosed",
        "from urllib.parse import urlsplit",
    ],
)
def test_types_and_exceptions_may_be_named_anywhere(source: str) -> None:
    assert makes_a_client(ast.parse(source)) == []


def test_values_need_only_the_standard_library_and_msgspec() -> None:
    allowed = set(sys.stdlib_module_names) | {"msgspec", "agent_tui"}
    foreign = {
        name_of(path): [module for module, _ in imports_of(parse(path)) if module.split(".")[0] not in allowed]
        for path in modules(PACKAGE / "model")
    }
    assert {name: found for name, found in foreign.items() if found} == {}
