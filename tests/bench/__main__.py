"""``python -m tests.bench [FIGURE ...]``: measures, and prints each figure beside the floor of the same run.

A FIGURE is a name of ``--list`` or the beginning of one (``echo``, ``switch``). It never fails on a missed goal:
a machine's mood is not a defect.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.bench.figures import CONSOLE, Figure
from tests.bench.measures import FULL, QUICK, SCENARIOS, Figures, Sizes
from tests.bench.programs import FLOOR, Program
from tests.bench.report import as_json, as_table, report, row


def main(argv: list[str]) -> int:
    options = _options(argv)
    chosen = [figure for figure in CONSOLE if _wanted(figure, options.figures)]
    if options.list:
        print("\n".join(f"{figure.name:<24}{figure.title}" for figure in CONSOLE))
        return 0
    if not chosen:
        print(f"No figure is called {' or '.join(options.figures)}; --list names them all.", file=sys.stderr)
        return 2
    sizes = QUICK if options.quick else FULL
    floor: Figures = {}
    scenarios = dict.fromkeys(figure.scenario for figure in chosen)
    for scenario in scenarios:
        floor |= _measure(scenario, FLOOR, sizes)
    rows = [row(figure, None, floor.get(figure.name)) for figure in chosen]
    result = report(rows)
    print(as_json(result) if options.json else "\n".join(as_table(result)))
    return 0


def _measure(scenario: str, program: Program, sizes: Sizes) -> Figures:
    began = time.perf_counter()
    found = SCENARIOS[scenario](program, sizes)
    print(f"{scenario} of the {program.name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return found


def _wanted(figure: Figure, names: list[str]) -> bool:
    return not names or any(figure.name.startswith(name) for name in names)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE")
    parser.add_argument("--quick", action="store_true", help="few samples: shows that it runs, not how fast it is")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--only", choices=["floor"], help="leave the other program out")
    parser.add_argument("--list", action="store_true", help="name the figures")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
