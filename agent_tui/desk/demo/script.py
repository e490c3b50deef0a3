"""The demo's people and what they say, as `visitors.toml` has it."""

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct


class Before(Struct, frozen=True, forbid_unknown_fields=True):
    """A line that is there when the demo opens."""

    ago: int
    """Seconds before the demo opens."""
    by: Literal["customer", "you", "colleague"]
    text: str = ""
    asks_call: str = ""
    """Instead of a line: the customer asks to be called on this number."""


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """A line a customer writes while somebody watches."""

    text: str
    after: float
    """Seconds after the step before, or after the agent's answer where `answered`."""
    answered: bool = False
    called: bool = False
    """After a telephone call with them ended."""
    impatient: bool = False
    """Not said where somebody has answered meanwhile."""


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """One scripted customer."""

    name: str
    language: str
    page_title: str
    page_url: str
    stage: str
    live: tuple[Step, ...]
    before: tuple[Before, ...] = ()
    time_zone: str = ""
    email: str = ""
    phone: str = ""
    flag: str = ""
    """A colleague raised one, with this reason, a few minutes before the demo opens."""
    number: str = ""
    """Given when they are asked on what number they may be called; without one they say no."""
    long: int = 0
    """So many turns of `Long` stand between `before` and now."""


class Long(Struct, frozen=True, forbid_unknown_fields=True):
    """What one turn of a long conversation says; `{step}` and `{next}` count up."""

    customer: tuple[str, ...]
    colleague: tuple[str, ...]


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    visitor: tuple[Person, ...]
    """There from the start."""
    later: tuple[Person, ...]
    """They come one by one, and when all have come, again."""
    long: Long


@cache
def load_script() -> Script:
    """The script that comes with the program."""
    text = files("agent_tui.desk.demo").joinpath("visitors.toml").read_bytes()
    return msgspec.toml.decode(text, type=Script)


def lines_before(person: Person, long: Long) -> list[Before]:
    """`before`, with the turns of a long conversation worked in, oldest first."""
    lines = list(person.before)
    first = lines[0].ago if lines else 0
    pause = first // (2 * person.long + 1) if person.long else 0
    for step in range(1, person.long + 1):
        said = long.customer[step % len(long.customer)].format(step=step)
        answer = long.colleague[step % len(long.colleague)].format(step=step, next=step + 1)
        lines.append(Before(first - pause * (2 * step - 1), "customer", said))
        lines.append(Before(first - pause * 2 * step, "colleague", answer))
    return sorted(lines, key=lambda line: -line.ago)
