"""``python -m tests.bench [FIGURE ...]``: measures, and prints each figure beside the floor of the same run.

A FIGURE is a name of ``--list`` or its first words (``echo``, ``switch``, ``desk-3000``). It never fails on a missed
goal: a machine's mood is not a defect.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tests.bench import desk_measures, measures
from tests.bench.figures import CONSOLE, DESK, PARTS, Figure
from tests.bench.measures import FULL, QUICK, Figures
from tests.bench.phone import phone
from tests.bench.process_stat import OtherWork
from tests.bench.programs import CONSOLE_PROGRAM, FLOOR
from tests.bench.proof import proof
from tests.bench.report import as_json, as_table, report, row
from tests.bench.signals import signals
from tests.bench.wall import wall

_PARTS = {"wall": wall, "proof": proof, "phone": phone, "signals": signals}


def main(argv: list[str]) -> int:
    options = _options(argv)
    if options.list:
        print("\n".join(f"{figure.name:<24}{figure.title}" for figure in (*CONSOLE, *DESK, *PARTS)))
        return 0
    console = [figure for figure in CONSOLE if _wanted(figure, options.figures)]
    desk = [figure for figure in DESK if _wanted(figure, options.figures)] if options.only is None else []
    parts = [figure for figure in PARTS if _wanted(figure, options.figures)] if options.only is None else []
    if not console and not desk and not parts:
        print(f"No figure is called {' or '.join(options.figures)}; --list names them all.", file=sys.stderr)
        return 2
    sizes = QUICK if options.quick else FULL
    other_work = OtherWork()
    failed: list[str] = []
    floor: Figures = {}
    reached: Figures = {}
    # Side by side, scenario by scenario: both see the machine in the same mood.
    for scenario in _scenarios(console):
        measure = measures.SCENARIOS[scenario]
        floor |= _timed(f"{scenario} of the floor", partial(measure, FLOOR, sizes), failed)
        if options.only is None:
            reached |= _timed(f"{scenario} of the console", partial(measure, CONSOLE_PROGRAM, sizes), failed)
    for scenario in _scenarios(desk):
        reached |= _timed(f"{scenario} of the desk", partial(desk_measures.SCENARIOS[scenario], sizes), failed)
    for scenario in _scenarios(parts):
        reached |= _timed(scenario, partial(_PARTS[scenario], sizes), failed)
    rows = (row(figure, reached.get(figure.name), floor.get(figure.name)) for figure in (*console, *desk, *parts))
    result = report(rows, other_work.cores())
    print(as_json(result) if options.json else "\n".join(as_table(result)))
    return 1 if failed else 0


def _timed(what: str, measure: Callable[[], Figures], failed: list[str]) -> Figures:
    """The figures; none, the reason on standard error and `what` in `failed` where the program under test failed."""
    began = time.perf_counter()
    try:
        found = measure()
    except Exception as error:
        print(f"{what} could not be measured. {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        failed.append(what)
        return {}
    print(f"{what}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return found


def _scenarios(figures: Sequence[Figure]) -> Mapping[str, None]:
    return dict.fromkeys(figure.scenario for figure in figures)


def _wanted(figure: Figure, names: list[str]) -> bool:
    return not names or any(f"{figure.name}-".startswith(f"{name}-") for name in names)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE")
    parser.add_argument("--quick", action="store_true", help="few samples: shows that it runs, not how fast it is")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--only", choices=["floor"], help="leave the console and the desk out")
    parser.add_argument("--list", action="store_true", help="name the figures")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
