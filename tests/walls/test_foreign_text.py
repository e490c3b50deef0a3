"""Foreign text can't reach what parses markup.

Textual's stock sinks parse markup in every `str` by default: a customer's `[/]` ends the app, `[@click=...]` runs an
action. Types can't prove the text's way (`SafeText` is a `str`), so the sinks live in ui/widgets only, where our own
classes take `Content`, and text becomes `Content` in ui/words.py.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.walls.sources import PACKAGE, called, modules, name_of, parse

SINKS_ALLOWED_UNDER = "agent_tui/ui/widgets/"
WORDS = "agent_tui/ui/words.py"
# Of textual.widgets, these show no text of anybody.
SHOW_NO_TEXT = {"ContentSwitcher", "LoadingIndicator", "Rule"}
PARSED_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip"}
MARKUP_PARSERS = {"textual.markup", "rich.markup", "rich.ansi"}


def is_text_of_ours(node: ast.expr | None) -> bool:
    """A literal: nothing was put into it at run time."""
    return node is None or isinstance(node, ast.Constant)


def returns(function: ast.FunctionDef) -> str:
    return ast.unparse(function.returns) if function.returns else ""


def stock_sinks(tree: ast.AST) -> Iterator[str]:
    """Places where a stock sink is used, with a `str` that isn't a literal or at all."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual.widgets"):
            taken = {alias.name for alias in node.names} - (SHOW_NO_TEXT if node.module == "textual.widgets" else set())
            yield from (f"{node.lineno}: imports {name} from {node.module}" for name in sorted(taken))
        elif isinstance(node, ast.Import):
            yield from (f"{node.lineno}: imports {a.name}" for a in node.names if a.name.startswith("textual.widgets"))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if (
                    isinstance(target, ast.Attribute)
                    and target.attr in PARSED_ATTRIBUTES
                    and not is_text_of_ours(node.value)
                ):
                    yield f"{node.lineno}: sets {target.attr}"
        elif isinstance(node, ast.Call) and called(node.func).endswith(".notify"):
            markup_off = any(
                k.arg == "markup" and isinstance(k.value, ast.Constant) and not k.value.value for k in node.keywords
            )
            message = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "message"), None)
            if not markup_off and not is_text_of_ours(message):
                yield f"{node.lineno}: notify() with markup on"


def parsed_texts(tree: ast.AST, *, in_words: bool) -> Iterator[str]:
    """Places where text that isn't a literal of ours, or not in ui/words.py, is parsed as markup."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node.func).endswith((".from_markup", ".from_text", ".from_ansi")):
            method = called(node.func).rpartition(".")[2]
            if not in_words:
                yield f"{node.lineno}: {method} outside words.py"
            elif method == "from_ansi" or not node.args or not is_text_of_ours(node.args[0]):
                yield f"{node.lineno}: {method} of something that is not a literal"
        elif isinstance(node, ast.ImportFrom) and node.module in MARKUP_PARSERS:
            taken = {alias.name for alias in node.names} - {"escape"}
            yield from (f"{node.lineno}: imports {name} from {node.module}" for name in sorted(taken))
        elif isinstance(node, ast.FunctionDef) and node.name == "render" and returns(node) == "str":
            # Textual parses a str that render() returns.
            yield f"{node.lineno}: render() returns a str"


def test_stock_sinks_are_used_in_our_own_widgets_only() -> None:
    assert {
        name_of(path): found
        for path in modules(PACKAGE / "ui")
        if not name_of(path).startswith(SINKS_ALLOWED_UNDER) and (found := list(stock_sinks(parse(path))))
    } == {}


def test_only_literals_are_parsed_as_markup_and_only_in_words() -> None:
    assert {
        name_of(path): found
        for path in modules(PACKAGE / "ui")
        if (found := list(parsed_texts(parse(path), in_words=name_of(path) == WORDS)))
    } == {}


@pytest.mark.parametrize(
    "source",
    [
        "from textual.widgets import Static",
        "from textual.widgets import Rule, Label",
        "from textual.widgets.option_list import Option",
        "import textual.widgets",
        "self.border_title = name",
        'pane.border_subtitle = f"{count}"',
        "self.app.notify(text)",
        'self.notify(f"{name} is here")',
        "self.notify(message=text, markup=True)",
    ],
)
def test_a_stock_sink_is_found(source: str) -> None:
    assert list(stock_sinks(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "from textual.widgets import ContentSwitcher",
        'self.border_title = "Notes"',
        'self.notify("Copied.")',
        "super().notify(message, markup=False)",
    ],
)
def test_what_is_safe_passes(source: str) -> None:
    assert list(stock_sinks(ast.parse(source))) == []


@pytest.mark.parametrize(
    "source",
    [
        "Content.from_markup(text)",
        'Content.from_markup(f"[b]{name}[/b]")',
        'Content.from_markup("[b]" + name)',
        "textual.content.Content.from_text(body)",
        "Text.from_ansi(body)",
        "from textual.markup import to_content",
        "def render(self) -> str: ...",
    ],
)
def test_a_parsed_text_is_found_even_in_words(source: str) -> None:
    assert list(parsed_texts(ast.parse(source), in_words=True))


def test_a_literal_may_be_parsed_in_words_and_nowhere_else() -> None:
    tree = ast.parse('Content.from_markup("[b]$who[/b]", who=who)')
    assert list(parsed_texts(tree, in_words=True)) == []
    assert list(parsed_texts(tree, in_words=False))
