"""The rules file as it is written. Every list in it is a team's to change."""

from msgspec import Struct

from agent_tui.model.words import Stage


class Phrased(Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases that are a sign."""

    phrases: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    """Where one of these overlaps, the phrase is no sign."""


class Distress(Struct, frozen=True, forbid_unknown_fields=True):
    """Words of distress. One of `phrases` is enough, of `mild` it takes `mild_needed` different ones."""

    phrases: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    mild: tuple[str, ...] = ()
    mild_needed: int = 2


class Capitals(Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of words in capitals that is a sentence: names of products and codes have no ordinary words in them."""

    words: int = 3
    """So many in a row, ..."""
    ordinary_needed: int = 2
    ordinary: tuple[str, ...] = ()
    """... so many of these among them."""


class Repetition(Struct, frozen=True, forbid_unknown_fields=True):
    """The same question again, or the customer saying so."""

    times: int = 3
    alike: float = 0.75
    """Two lines are the same question when the shorter one shares so much of its words with the other."""
    question_words: tuple[str, ...] = ()
    """A line is a question when it begins with one of these, or has a question mark."""
    small_words: tuple[str, ...] = ()
    """Say nothing by themselves when two lines are compared."""
    phrases: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class Stuck(Struct, frozen=True, forbid_unknown_fields=True):
    """Many turns without progress."""

    turns: int = 10
    """So many times the customer had the word since something last went well, ..."""
    setbacks: int = 3
    """... and in so many of those lines it didn't."""
    setback: tuple[str, ...] = ()
    progress: tuple[str, ...] = ()


class Money(Struct, frozen=True, forbid_unknown_fields=True):
    """Money at stake."""

    least: int = 1000
    """An amount of at least this, in whichever currency, ..."""
    stages: tuple[Stage, ...] = (Stage.CLOSING,)
    """... in a conversation of these stages."""
    unless: tuple[str, ...] = ()


class SignalTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. A part that is left out finds nothing."""

    reach: int = 12
    """Of the customer's lines only so many of the newest count: what was said long ago has been answered."""
    negations: tuple[str, ...] = ()
    """Up to two words before a phrase of distress or progress these turn it round."""
    not_names: tuple[str, ...] = ()
    """Written with a capital without being a name: days, months."""
    asked: Phrased = Phrased()
    phone: Phrased = Phrased()
    declined: Phrased = Phrased()
    distress: Distress = Distress()
    hard: Phrased = Phrased()
    capitals: Capitals = Capitals()
    repetition: Repetition = Repetition()
    stuck: Stuck = Stuck()
    money: Money = Money()
