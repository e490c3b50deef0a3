"""Signals over a whole conversation: pure, and cheap enough to ask again at every new line."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

from agent_tui.core.signals.line import LineFacts, LineReader
from agent_tui.core.signals.table import SignalTable
from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, OrderKey
from agent_tui.model.signal import Reading, Signal, SignalKind
from agent_tui.model.text import SafeText
from agent_tui.model.words import AuthorKind, EntryKind, Stage

_FEWEST_WORDS: Final = 2
_TURNS_LOOKED_AT: Final = 60
_ORDINALS: Final = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


class SaidLine(Struct, frozen=True, gc=False):
    """A public line of customer or agent that still stands."""

    key: OrderKey
    by_customer: bool
    text: str


class Rules:
    """A table of rules, ready for use."""

    def __init__(self, table: SignalTable) -> None:
        self.table = table
        self.facts_of: Callable[[str], LineFacts] = LineReader(table).read


class _Heard(Struct, frozen=True, gc=False):
    key: OrderKey
    facts: LineFacts


def said(entries: Iterable[Entry]) -> list[SaidLine]:
    """The lines of a transcript that signals are looked for in."""
    return [
        SaidLine(entry.key, entry.author.kind is AuthorKind.CUSTOMER, entry.body)
        for entry in entries
        if entry.kind is EntryKind.PUBLIC
        and not entry.withdrawn
        and entry.author.kind in (AuthorKind.CUSTOMER, AuthorKind.AGENT)
    ]


def read_signals(lines: Sequence[SaidLine], stage: Stage, rules: Rules, after: OrderKey = START) -> Reading:
    """What is seen in these lines, oldest first. Those up to `after` were seen to already, and speak for nothing."""
    table = rules.table
    new = [line for line in lines if line.key > after]
    ever = [_Heard(line.key, rules.facts_of(line.text)) for line in lines if line.by_customer]
    heard = [each for each in ever if each.key > after]
    near = heard[-table.reach :]
    # who asked not to be called did so for good, until they ask for one
    asked_at = max((each.key for each in ever if each.facts.asked or each.facts.phone), default=START)
    declined_at = max((each.key for each in ever if each.facts.declined), default=START)
    asked = _worded(near, SignalKind.ASKED, lambda facts: facts.asked, "asked to be called")
    found = (
        asked or _worded(near, SignalKind.PHONE, lambda facts: facts.phone, "asked for the phone"),
        _distress(near, table.distress.mild_needed),
        _repetition(heard, near, table),
        _worded(near, SignalKind.HARD, lambda facts: facts.hard),
        _capitals(near),
        _money(near, table) if stage in table.money.stages else None,
        _stuck(new, heard, table),
    )
    return Reading(
        tuple(signal for signal in found if signal),
        declined_at if declined_at > asked_at else None,
    )


def asked_in(lines: Sequence[SaidLine], rules: Rules) -> OrderKey:
    """The newest line in which the customer asks to be called, and after which they didn't ask not to be; START: none.

    That line is the ground on which they may be called.
    """
    facts = [(line.key, rules.facts_of(line.text)) for line in lines if line.by_customer]
    asked = max((key for key, each in facts if each.asked), default=START)
    declined = max((key for key, each in facts if each.declined), default=START)
    return asked if asked > declined else START


def _worded(
    near: Sequence[_Heard], kind: SignalKind, words_of: Callable[[LineFacts], SafeText], said: str = ""
) -> Signal | None:
    keys = [each.key for each in near if words_of(each.facts)]
    if not keys:
        return None
    newest = next(words for each in reversed(near) if (words := words_of(each.facts)))
    return Signal(kind, SafeText(said or _quoted(newest)), tuple(keys))


def _distress(near: Sequence[_Heard], mild_needed: int) -> Signal | None:
    if strong := _worded(near, SignalKind.DISTRESS, lambda facts: facts.strong):
        return strong
    mild = {words: each.key for each in near for words in each.facts.mild}
    if len(mild) < mild_needed:
        return None
    return Signal(
        SignalKind.DISTRESS, SafeText(" and ".join(map(_quoted, sorted(mild)))), tuple(sorted(set(mild.values())))
    )


def _capitals(near: Sequence[_Heard]) -> Signal | None:
    keys = tuple(each.key for each in near if each.facts.capitals)
    return Signal(SignalKind.CAPITALS, SafeText("capitals"), keys) if keys else None


def _repetition(heard: Sequence[_Heard], near: Sequence[_Heard], table: SignalTable) -> Signal | None:
    """The line that was asked most often; else where the customer says it was."""
    repetition = table.repetition
    most: list[OrderKey] = []
    asking = [each for each in heard[-_TURNS_LOOKED_AT:] if each.facts.asks and not each.facts.progress]
    for each in near:
        if not each.facts.asks:
            continue
        words = each.facts.words
        same = [o.key for o in asking if o.key <= each.key and _alike(words, o.facts.words, repetition.alike)]
        if len(same) > len(most):
            most = same
    if len(most) >= repetition.times:
        times = _ORDINALS[len(most)] if len(most) < len(_ORDINALS) else f"{len(most)}th"
        return Signal(SignalKind.REPETITION, SafeText(f"{times} time the same question"), tuple(most))
    return _worded(near, SignalKind.REPETITION, lambda facts: facts.repeats)


def _alike(words: frozenset[str], others: frozenset[str], alike: float) -> bool:
    shared = len(words & others)
    return shared >= _FEWEST_WORDS and shared >= alike * min(len(words), len(others))


def _money(near: Sequence[_Heard], table: SignalTable) -> Signal | None:
    amounts = [each for each in near if each.facts.amount >= table.money.least]
    if not amounts:
        return None
    largest = max(amounts, key=lambda each: each.facts.amount).facts
    seen = SafeText(f"{largest.currency}{largest.amount:,} at stake")
    return Signal(SignalKind.MONEY, seen, tuple(each.key for each in amounts))


def _stuck(new: Sequence[SaidLine], heard: Sequence[_Heard], table: SignalTable) -> Signal | None:
    """Turns are stretches of the customer's lines: three lines in a row are one."""
    facts = {each.key: each.facts for each in heard}
    turns = 0
    keys: list[OrderKey] = []
    is_theirs = False
    for line in reversed(new):
        if line.by_customer:
            if facts[line.key].progress:
                break
            turns += not is_theirs
            if facts[line.key].setback:
                keys.append(line.key)
        is_theirs = line.by_customer
    if turns < table.stuck.turns or len(keys) < table.stuck.setbacks:
        return None
    return Signal(SignalKind.STUCK, SafeText(f"{turns} turns, nothing solved yet"), tuple(reversed(keys)))


def _quoted(words: str) -> str:
    return f"“{words}”"
