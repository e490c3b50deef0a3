"""What one line of a customer has in it, by itself. Worked out once a line."""

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct

from agent_tui.core.library.folding import fold, words_of
from agent_tui.core.signals.phrases import Found, Phrases, Sentence
from agent_tui.core.signals.table import SignalTable
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText

_QUOTED: Final = re.compile(
    r"[“„][^“”„]{2,}[”“]|\"[^\"]{2,}\"|«[^«»]{2,}»|(?<!\w)['‘][^'‘’\n]{2,}['’](?!\w)|^>.*$", re.MULTILINE
)
_MAY_QUOTE: Final = re.compile("[“„\"«'‘>]")
_SENTENCE_END: Final = re.compile(r"[.!?;:…\n]+(?=\s|$)|\n")
_CURRENCY: Final = r"(?:€|\$|£|eur(?:os?)?\b|usd\b|gbp\b|dollars?\b|pounds?\b|pond\b)"
_NUMBER: Final = r"\d{1,3}(?:[.,' ]\d{3})+|\d+"
_AMOUNT: Final = re.compile(
    rf"(?P<before>{_CURRENCY})?\s?(?<![\w.,-])(?P<digits>{_NUMBER})(?:[.,]\d{{2}}(?!\d))?(?P<k>\s?k\b)?"
    rf"(?P<after>\s?{_CURRENCY}|,-)?",
    re.IGNORECASE,
)
_SIGN: Final = {"€": "€", "$": "$", "£": "£", "u": "$", "d": "$", "g": "£", "p": "£", "e": "€"}
_DIGIT: Final = re.compile("[0-9]")
_MAY_BE_MONEY: Final = re.compile(rf"{_CURRENCY}|\d\s?k\b|,-", re.IGNORECASE)
_TURNED_ROUND: Final = frozenset({"strong", "mild", "progress"})
_BEFORE: Final = 2
LINES_REMEMBERED: Final = 4096


class LineFacts(Struct, frozen=True, gc=False):
    """Of a line of the customer, without what is quoted in it. Phrases are given in the words of the rules."""

    asked: SafeText = NOTHING
    phone: SafeText = NOTHING
    declined: SafeText = NOTHING
    strong: SafeText = NOTHING
    mild: tuple[SafeText, ...] = ()
    hard: SafeText = NOTHING
    repeats: SafeText = NOTHING
    capitals: bool = False
    progress: bool = False
    setback: bool = False
    amount: int = 0
    currency: str = ""
    asks: bool = False
    words: frozenset[str] = frozenset()
    """Without the small ones: to see whether two lines ask the same."""


class LineReader:
    """Reads lines by one table of rules; made once for it."""

    def __init__(self, table: SignalTable) -> None:
        self._phrases = Phrases(
            {
                "asked": table.asked.phrases,
                "asked unless": table.asked.unless,
                "phone": table.phone.phrases,
                "phone unless": table.phone.unless,
                "declined": table.declined.phrases,
                "declined unless": table.declined.unless,
                "strong": table.distress.phrases,
                "strong unless": table.distress.unless,
                "mild": table.distress.mild,
                "mild unless": table.distress.unless,
                "hard": table.hard.phrases,
                "hard unless": table.hard.unless,
                "repeats": table.repetition.phrases,
                "repeats unless": table.repetition.unless,
                "progress": table.stuck.progress,
                "setback": table.stuck.setback,
                "money unless": table.money.unless,
            },
            frozenset(map(fold, table.not_names)),
        )
        self._negations = frozenset(map(fold, table.negations))
        self._ordinary = frozenset(map(fold, table.capitals.ordinary))
        self._capitals = table.capitals
        self._asking = frozenset(map(fold, table.repetition.question_words))
        self._small = frozenset(word for each in table.repetition.small_words for word in words_of(each))
        self.read = lru_cache(LINES_REMEMBERED)(self._read)
        """The facts of a line's text."""

    def _read(self, text: str) -> LineFacts:
        own = _QUOTED.sub(" … ", text) if _MAY_QUOTE.search(text) else text
        found: dict[str, list[SafeText]] = {}
        everything: set[str] = set()
        shouted = False
        for sentence in _SENTENCE_END.split(own):
            written = sentence.split()
            words = words_of(sentence)
            everything.update(words)
            for each in self._signs(Sentence(words, _as_written(written, words))):
                found.setdefault(each.group, []).append(each.words)
            shouted = shouted or self._is_shouted(written)
        amount, currency = (0, "") if "money unless" in found else _amount(own)
        return LineFacts(
            # "please don't call me" has the words of both
            asked=NOTHING if "declined" in found else _first(found, "asked"),
            phone=NOTHING if "declined" in found else _first(found, "phone"),
            declined=_first(found, "declined"),
            strong=_first(found, "strong"),
            mild=tuple(found.get("mild", ())),
            hard=_first(found, "hard"),
            repeats=_first(found, "repeats"),
            capitals=shouted,
            progress="progress" in found,
            setback="setback" in found,
            amount=amount,
            currency=currency,
            asks="?" in own or not self._asking.isdisjoint(words_of(own)[:1]),
            words=frozenset(everything - self._small),
        )

    def _signs(self, sentence: Sentence) -> list[Found]:
        everything = list(self._phrases.find(sentence))
        return [
            each for each in everything if not self._is_turned_round(each, sentence) and not _guarded(each, everything)
        ]

    def _is_turned_round(self, found: Found, sentence: Sentence) -> bool:
        before = sentence.words[max(0, found.start - _BEFORE) : found.start]
        return found.group in _TURNED_ROUND and not self._negations.isdisjoint(before)

    def _is_shouted(self, written: list[str]) -> bool:
        """Whether a stretch of it stands in capitals with ordinary words in it."""
        if sum(map(str.isupper, written)) < self._capitals.words:
            return False
        run = ordinary = 0
        for raw in written:
            if not any(map(str.isalpha, raw)):
                continue
            if not raw.isupper():
                run = ordinary = 0
                continue
            run += 1
            ordinary += fold(raw) in self._ordinary
            if run >= self._capitals.words and ordinary >= self._capitals.ordinary_needed:
                return True
        return False


def _as_written(written: list[str], words: list[str]) -> list[str]:
    """The written words, in step with the folded ones. Where one is two (`on/off`) none can be taken for a name."""
    if len(written) != len(words):
        written = [raw for raw in written if any(map(str.isalnum, raw))]
    return written if len(written) == len(words) else words


def _guarded(found: Found, everything: list[Found]) -> bool:
    guard = f"{found.group} unless"
    return any(each.group == guard and each.start < found.end and found.start < each.end for each in everything)


def _first(found: dict[str, list[SafeText]], group: str) -> SafeText:
    return found[group][0] if group in found else NOTHING


def _amount(text: str) -> tuple[int, str]:
    """The largest amount of money in a text, in whole units, and its currency's sign."""
    largest, sign = 0, ""
    for match in _AMOUNT.finditer(text) if _DIGIT.search(text) and _MAY_BE_MONEY.search(text) else ():
        currency = (match["before"] or match["after"] or "").strip().casefold()
        if not currency and not match["k"]:
            continue
        amount = int(re.sub(r"\D", "", match["digits"])) * (1000 if match["k"] else 1)
        if amount > largest:
            largest, sign = amount, _SIGN.get(currency[:1], "")
    return largest, sign
