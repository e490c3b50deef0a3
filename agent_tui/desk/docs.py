"""Writes the made part of `docs/protocol.md` from the table: `python -m agent_tui.desk.docs docs/protocol.md`.

The file's other part is written by hand and stays as it is.
"""

import ast
import inspect
import itertools
import sys
import types
import typing
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path

import msgspec
from msgspec import Struct

from agent_tui.protocol import call_records, commands, errors, limits, pushes, records, requests, table
from agent_tui.protocol.call_stops import CALL_STOPS
from agent_tui.protocol.system_lines import SYSTEM_LINES

BEGIN = "<!-- From here on made by `python -m agent_tui.desk.docs`; do not edit. -->"


def made_part() -> str:
    """Routes, commands, events, records, errors and limits, as Markdown."""
    sections = (
        _routes(),
        _commands(),
        _events(),
        _records(),
        _errors(),
        _limits(),
        _system_lines(),
        _stops(),
    )
    return BEGIN + "\n\n" + "\n\n".join(sections) + "\n"


def with_made_part(text: str) -> str:
    """The file's text with its made part renewed."""
    return text.split(BEGIN)[0].rstrip() + "\n\n" + made_part()


def _routes() -> str:
    rows = [
        (
            f"`{row.method} {row.path}`" + ("".join(f" `?{name}`" for name in row.query)),
            _roles(row.roles) or "anybody",
            f"`{row.request.__name__}`" if row.request else "",
            f"`{row.answer.__name__}`" if row.answer else "not JSON",
        )
        for row in table.ROUTES
    ]
    return "## HTTP routes\n\n" + table_of(("route", "for", "body", "answer"), rows)


def _commands() -> str:
    parts = ["## Socket commands\n\nEvery command has an `id` (a whole number of yours) that comes back as `re`."]
    for row in table.COMMANDS:
        parts.append(
            f"### `{row.name}`\n\nFor {_roles(row.roles)}. Answered with `{row.answer.__name__}`. "
            f"{_sentence(row.request)}\n\n{fields_table(row.request)}".rstrip()
        )
    answers = (commands.Welcome, commands.Stored, commands.Done, commands.You)
    parts.append("### Answers\n\n" + "\n\n".join(_struct(kind) for kind in answers))
    return "\n\n".join(parts)


def _events() -> str:
    staff, visitors = typing.get_args(pushes.StaffPush), typing.get_args(pushes.VisitorPush)
    parts = ["## Events\n\nThe word stands in `e`. Staff and visitors are told different ones."]
    for kind in dict.fromkeys((*staff, *visitors)):
        who = [name for name, kinds in (("staff", staff), ("visitors", visitors)) if kind in kinds]
        tag = kind.__struct_config__.tag
        parts.append(f"### `{tag}`\n\nTo {' and '.join(who)}. {_sentence(kind)}\n\n{fields_table(kind)}".rstrip())
    return "\n\n".join(parts)


def _records() -> str:
    kinds = [*_structs_of(records), *_structs_of(call_records), *_structs_of(requests)]
    return "## Records and bodies\n\n" + "\n\n".join(_struct(kind) for kind in kinds)


def _errors() -> str:
    rows = [
        (f"`{code.value}`", str(errors.HTTP_STATUS[code]), str(errors.CLOSE_CODES.get(code, "")))
        for code in errors.Code
    ]
    return (
        "## Errors\n\nThe socket is closed only where a close code stands here and the refusal answers no command.\n\n"
        + table_of(("code", "HTTP status", "close code"), rows)
        + "\n\n"
        + _struct(errors.ErrorAnswer)
    )


def _limits() -> str:
    meanings = _meanings(limits.Limits)
    rows = [
        (f"`{name}`", str(getattr(limits.DEFAULT, name)), meanings.get(name, ""))
        for name in limits.Limits.__struct_fields__
    ]
    return "## Limits\n\nThe defaults; a desk tells its own in `welcome`.\n\n" + table_of(
        ("limit", "default", ""), rows
    )


def _system_lines() -> str:
    rows = [
        (f"`{code}`", line.sentence, line.what.value, "yes" if line.public else "")
        for code, line in SYSTEM_LINES.items()
    ]
    return "## System lines\n\n" + table_of(("code", "meaning", "`what` is", "visitors see it"), rows)


def _stops() -> str:
    rows = [(f"`{code}`", who.value) for code, who in CALL_STOPS.items()]
    text = "What `stop` of a `call_stopped` and the `code` of a `WireStop` can be, in the order it is looked at."
    return f"## Stops of a call\n\n{text}\n\n" + table_of(("stop", "who may pass it"), rows)


def _roles(roles: Iterable[Enum]) -> str:
    return ", ".join(sorted(str(role.value) for role in roles))


def _structs_of(module: types.ModuleType) -> list[type[Struct]]:
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Struct) and kind.__module__ == module.__name__
    ]


def _struct(kind: type[Struct]) -> str:
    return f"**`{kind.__name__}`**: {_sentence(kind)}\n\n{fields_table(kind)}".rstrip()


def _sentence(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def fields_table(kind: type[Struct]) -> str:
    """A struct's fields with their types, defaults and meanings, as Markdown."""
    meanings = _meanings(kind)
    rows = [
        (
            f"`{field.encode_name}`",
            _type(field.type),
            "" if field.default is msgspec.NODEFAULT else _default(field.default),
            meanings.get(field.name, ""),
        )
        for field in msgspec.structs.fields(kind)
        if field.name != "id" or not issubclass(kind, commands.Command)
    ]
    return table_of(("field", "type", "default", ""), rows) if rows else ""


def _default(value: object) -> str:
    if isinstance(value, Struct):
        return ""
    return f"`{msgspec.json.encode(value).decode()}`"


def _type(kind: object) -> str:
    if typing.get_origin(kind) in (list, tuple):
        return f"list of {_type(typing.get_args(kind)[0])}"
    if typing.get_origin(kind) is typing.Literal:
        return ", ".join(f"`{word}`" for word in typing.get_args(kind))
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return " or ".join("null" if part is type(None) else _type(part) for part in typing.get_args(kind))
    names = {str: "text", int: "integer", float: "number", bool: "true or false", typing.Any: "anything"}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{member.value}`" for member in kind)
    return names.get(kind) or f"`{getattr(kind, '__name__', kind)}`"  # type: ignore[call-overload]


def _meanings(kind: type) -> dict[str, str]:
    """What the source says under each field."""
    tree = ast.parse(inspect.getsource(kind)).body[0]
    found: dict[str, str] = {}
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for before, node in itertools.pairwise(body):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
        ):
            found[before.target.id] = " ".join(str(node.value.value).split())
    return found


def table_of(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown's table."""
    lines = [_row(heads), _row(["---"] * len(heads))]
    return "\n".join(lines + [_row(row) for row in rows])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(path: Path) -> None:
    """Renew the made part of the file."""
    path.write_text(with_made_part(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
