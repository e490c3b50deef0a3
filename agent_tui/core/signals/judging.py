"""How good rules are: their offers on excerpts that people have labelled."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from agent_tui.core.signals.seeing import Rules, SaidLine, read_signals
from agent_tui.model.words import Stage


class Excerpt(Struct, frozen=True):
    """A part of a conversation, and whether a considerate colleague would offer a call there."""

    id: str
    language: str
    stage: Stage
    call: bool
    kind: str
    """Why; or what makes a "no" look like a "yes"."""
    lines: tuple[SaidLine, ...]


class Score(Struct, frozen=True):
    """Offers held against labels."""

    right: int = 0
    wrong: int = 0
    """Offered where nobody would call."""
    missed: int = 0
    rightly_silent: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.rightly_silent + other.rightly_silent,
        )

    @property
    def precision(self) -> float | None:
        """Of the offers, the share that was right; None without any."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Of the calls that should be offered, the share that was; None without any."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    def __str__(self) -> str:
        return (
            f"precision {_share(self.precision)} ({self.right} of {self.right + self.wrong} offers), "
            f"recall {_share(self.recall)} ({self.right} of {self.right + self.missed} calls), "
            f"{self.rightly_silent} of {self.rightly_silent + self.wrong} rightly silent"
        )


def score(excerpts: Iterable[Excerpt], rules: Rules) -> Score:
    """Over all of them."""
    return sum((_score_of(each, rules) for each in excerpts), Score())


def misjudged(excerpts: Iterable[Excerpt], rules: Rules) -> Iterator[Excerpt]:
    """Those where rules and label differ."""
    return (each for each in excerpts if read_signals(each.lines, each.stage, rules).offer is not each.call)


def parted(excerpts: Iterable[Excerpt], by: Callable[[Excerpt], str]) -> dict[str, list[Excerpt]]:
    """The excerpts by language, by kind, ..., in the order they come."""
    parts: dict[str, list[Excerpt]] = {}
    for each in excerpts:
        parts.setdefault(by(each), []).append(each)
    return parts


def _score_of(excerpt: Excerpt, rules: Rules) -> Score:
    offered = read_signals(excerpt.lines, excerpt.stage, rules).offer
    if excerpt.call:
        return Score(right=1) if offered else Score(missed=1)
    return Score(wrong=1) if offered else Score(rightly_silent=1)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
