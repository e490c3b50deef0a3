"""The hostile strings: what a customer, a page title or a foreign server may send to harm a console.

Each says in `must` what is to become of it. Every screen is shown all of them (tests/egress_allowlist.py reads what
comes out).
"""

import ast
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "hostile-strings.json"


@dataclass(frozen=True)
class HostileString:
    """One of them; `text` may hold lone surrogates, so it cannot always be encoded as UTF-8."""

    number: int
    name: str
    category: str
    text: str
    must: str

    def __str__(self) -> str:
        return f"{self.number}-{self.name}"


@cache
def hostile_strings() -> tuple[HostileString, ...]:
    entries = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        HostileString(
            number=entry["id"],
            name=entry["name"],
            category=entry["category"],
            text=entry["string"] if "string" in entry else _built(ast.parse(entry["python"], mode="eval").body),
            must=entry["must"],
        )
        for entry in entries
    )


def hostile(name: str) -> str:
    """The text of the one with this name; KeyError when there is none."""
    return {string.name: string.text for string in hostile_strings()}[name]


def _built(node: ast.expr) -> str:
    """The long ones are written as 'literal' * count + 'literal'; nothing else is understood."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _built(left) + _built(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=ast.Constant(value=int(count))):
            return _built(left) * count
    raise ValueError(f"not a literal, a sum or a repetition: {ast.unparse(node)}")
