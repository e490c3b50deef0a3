"""The table that ``make bench`` prints, and the same as JSON."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version

import msgspec

from tests.bench.figures import Figure
from tests.bench.process_stat import machine

_VERDICT = {True: "ok", False: "missed", None: ""}


class Row(msgspec.Struct):
    """One figure as measured: of the program, and of the floor in the same run where there is one."""

    name: str
    title: str
    unit: str
    goal: str
    measured: float | None
    floor: float | None
    ratio: float | None
    reached: bool | None


class Report(msgspec.Struct):
    machine: str
    python: str
    textual: str
    other_work: float
    """Cores kept busy by other processes during the run, on average."""
    rows: list[Row]


def row(figure: Figure, measured: float | None, floor: float | None) -> Row:
    ratio = measured / floor if measured is not None and floor else None
    reached = figure.goal.reached(measured, floor) if measured is not None else None
    return Row(figure.name, figure.title, figure.unit, str(figure.goal), measured, floor, ratio, reached)


def report(rows: Iterable[Row], other_work: float) -> Report:
    return Report(machine(), platform.python_version(), version("textual"), other_work, list(rows))


def as_table(result: Report) -> Iterator[str]:
    yield f"{result.machine}; Python {result.python}; Textual {result.textual}; 120x36"
    yield f"other work on the machine meanwhile: {result.other_work:.2f} cores"
    yield f"{'figure':<46}{'floor':>10}{'reached':>10}  {'unit':<11}{'ratio':>7}  {'goal':<14}  verdict"
    for each in result.rows:
        if each.measured is None and each.floor is None and not each.goal:
            continue
        yield (
            f"{each.title:<46}{_number(each.floor):>10}{_number(each.measured):>10}  {each.unit:<11}"
            f"{'' if each.ratio is None else f'{each.ratio:.2f}':>7}  {each.goal:<14}  {_verdict(each)}"
        ).rstrip()


def _verdict(each: Row) -> str:
    return "not measured" if each.goal and each.measured is None else _VERDICT[each.reached]


def as_json(result: Report) -> str:
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
