"""Colours come from the theme files: a literal one would be wrong in two themes of three."""

import ast
import re
from collections.abc import Iterator

import pytest
from textual._color_constants import COLOR_NAME_TO_RGB

from tests.walls.sources import PACKAGE, modules, name_of, parse

CSS_ATTRIBUTES = {"CSS", "DEFAULT_CSS"}
DECLARATION = re.compile(r"(\$?[\w-]+)\s*:\s*([^;{}]+)(?=[;}])")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TAKES_A_COLOUR = re.compile(r"color|background|tint|border|outline|keyline|hatch|^\$")
LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")
HEX_IN_PYTHON = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
NO_COLOUR_OF_ITS_OWN = {"transparent", "auto"}


def literal_colours(css: str) -> list[str]:
    """Declarations of a Textual stylesheet that name a colour itself, not one of the theme's ($...)."""
    found = []
    for prop, value in DECLARATION.findall(COMMENT.sub("", css)):
        words = set(re.findall(r"(?<![$\w-])[a-z_0-9]+", value)) - NO_COLOUR_OF_ITS_OWN
        if LITERAL.search(value) or (TAKES_A_COLOUR.search(prop) and words & COLOR_NAME_TO_RGB.keys()):
            found.append(f"{prop}: {value.strip()}")
    return found


def literal_colours_in_python(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in CSS_ATTRIBUTES for target in targets):
                yield from literal_colours(str(node.value.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and HEX_IN_PYTHON.fullmatch(node.value):
            yield f"{node.lineno}: {node.value}"


def test_no_stylesheet_names_a_colour() -> None:
    sheets = sorted((PACKAGE / "ui").rglob("*.tcss"))
    assert {name_of(path): found for path in sheets if (found := literal_colours(path.read_text("utf-8")))} == {}


def test_no_module_of_the_console_names_a_colour() -> None:
    assert {
        name_of(path): found
        for path in modules(PACKAGE / "ui")
        if (found := list(literal_colours_in_python(parse(path))))
    } == {}


@pytest.mark.parametrize(
    "css",
    [
        "Pane { color: #fff; }",
        "Pane { border: round red }",
        "Pane { background: rgb(1, 2, 3) 40%; }",
        "$muted: #888888;",
        "Pane { &:hover { tint: ansi_red 10%; } }",
    ],
)
def test_a_literal_colour_is_found(css: str) -> None:
    assert literal_colours(css)


@pytest.mark.parametrize(
    "css",
    [
        "#add Pane:focus { color: $text; }",
        "Pane { border: round $accent 40%; background: transparent; }",
        "Pane { /* color: red; */ color: auto 80%; width: 1fr; }",
        "Pane { color: $red; scrollbar-color: $panel-darken-1; }",
    ],
)
def test_a_colour_of_the_theme_passes(css: str) -> None:
    assert literal_colours(css) == []


def test_a_literal_colour_in_python_is_found() -> None:
    assert list(literal_colours_in_python(ast.parse('ACCENT = "#ff8800"')))
    assert list(literal_colours_in_python(ast.parse('class A:\n    DEFAULT_CSS = "A { color: red; }"')))
