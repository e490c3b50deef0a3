"""What stands on the rows of one entry: which lines come before it, how its body breaks, what its right edge says.

Pure: words and the names of styles, no colours. The names are the transcript's component classes.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from agent_tui.core.contacts import masked_contact
from agent_tui.model.entry import Entry, SystemLine
from agent_tui.model.ids import START, OrderKey
from agent_tui.model.links import links_in
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.people import Author
from agent_tui.model.text import clean
from agent_tui.model.words import AuthorKind, EntryKind
from agent_tui.protocol.system_lines import SYSTEM_LINES, What
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.wrapping import row_count, wrapped

BAR: Final = "▎"
READABLE: Final = 110
"""Cells: a line longer than this is hard to read, however wide the screen."""
META: Final = 11
"""Cells kept free at the right of a body, for `14:29 ✓✓` and `… sending`."""
_GROUP_MS: Final = 300_000
_WITHDRAWN: Final = "message withdrawn"
_A_TIME: Final = re.compile(r"[0-9]{1,15}")


class Row(NamedTuple):
    """One row: pieces of (text, style name) from the left, others against the right edge."""

    left: tuple[tuple[str, str], ...]
    right: tuple[tuple[str, str], ...] = ()
    rule: bool = False
    """A line is drawn on both sides of the words."""
    centred: bool = False
    note: bool = False
    text: tuple[int, int] | None = None
    """Which part of the entry's text stands here, behind the bar; None where none does."""


class Decor(NamedTuple):
    """What an entry has around it, given the one before."""

    day: int | None
    """The local day that begins with it."""
    new: bool
    header: bool
    gap: bool
    """Entries are missing after it."""


class Scene(NamedTuple):
    """All that the rows of an entry depend on besides it and the one before."""

    calendar: Calendar
    width: int
    me: str | None
    customer_seen: OrderKey
    new_key: OrderKey | None
    """The "new" line stands before this entry."""
    gap_after: OrderKey | None
    today: int
    query: str = ""

    @property
    def column(self) -> int:
        """Cells a row of text may take, bar and right edge included."""
        return min(self.width, READABLE)

    @property
    def body(self) -> int:
        """Cells for the words themselves."""
        return max(self.column - 1 - META, 8)

    def is_me(self, author: Author) -> bool:
        """Whether this account wrote it."""
        return author.kind is AuthorKind.AGENT and author.id == self.me

    def decor(self, before: Entry | None, entry: Entry) -> Decor:
        """What stands around `entry` when it comes after `before`."""
        day = self.calendar.day(entry.at_ms)
        begins = before is None or (before.at_ms != entry.at_ms and self.calendar.day(before.at_ms) != day)
        new = entry.key == self.new_key
        header = entry.kind is not EntryKind.SYSTEM and (
            begins
            or new
            or before is None
            or before.kind is not entry.kind
            or before.author.id != entry.author.id
            or before.author.kind is not entry.author.kind
            or entry.at_ms - before.at_ms > _GROUP_MS
            or before.key == self.gap_after
        )
        return Decor(day if begins else None, new, header, entry.key == self.gap_after)

    def height(self, before: Entry | None, entry: Entry) -> int:
        """How many rows `rows` makes."""
        decor = self.decor(before, entry)
        around = (decor.day is not None) + decor.new + decor.header + decor.gap
        if entry.kind is EntryKind.SYSTEM:
            return around + row_count(self._system_words(entry), self.column)
        if entry.withdrawn:
            return around + 1
        return around + row_count(entry.body, self.body) + len(link_hosts(entry.body))

    def rows(self, before: Entry | None, entry: Entry) -> list[Row]:
        """The rows of an entry, from top to bottom."""
        decor = self.decor(before, entry)
        rows: list[Row] = []
        if decor.day is not None:
            rows.append(Row(((self.calendar.name(decor.day, self.today), "day"),), rule=True))
        if decor.new:
            rows.append(Row((("new", "new"),), rule=True))
        if entry.kind is EntryKind.SYSTEM:
            words = self._system_words(entry)
            rows += [Row(((words[start:end], "system"),), centred=True) for start, end in wrapped(words, self.column)]
        else:
            rows += self._message(before, entry, header=decor.header)
        if decor.gap:
            rows.append(Row((("messages are missing here · fetching them", "gap"),), rule=True))
        return rows

    def mark(self, entry: Entry) -> str:
        """How far an own message is: kept by the desk, seen by the customer."""
        if not self.is_me(entry.author) or entry.kind is not EntryKind.PUBLIC or entry.withdrawn:
            return ""
        return "✓✓" if START < entry.key <= self.customer_seen else "✓"

    def echo(self, before: Entry | None, item: Outgoing, author: Author) -> tuple[Entry, list[Row]]:
        """The rows of an own message that has no entry yet, laid out as they will be; and what the entry will be."""
        entry = Entry(
            key=item.key, kind=item.kind, author=author, at_ms=item.at_ms or item.written_ms, body=clean(item.body)
        )
        decor = self.decor(before, entry)
        rows = []
        if decor.day is not None:
            rows.append(Row(((self.calendar.name(decor.day, self.today), "day"),), rule=True))
        right, below = _delivery(item)
        rows += self._message(before, entry, header=decor.header, right=right)
        if below is not None:
            words, style = below
            bar = (BAR, "mine")
            rows += [Row((bar, (words[a:b], style))) for a, b in wrapped(words, max(self.column - 1, 8))]
        return entry, rows

    def _message(
        self, before: Entry | None, entry: Entry, *, header: bool, right: tuple[tuple[str, str], ...] | None = None
    ) -> Iterator[Row]:
        note = entry.kind is EntryKind.NOTE
        voice = "note" if note else self._voice(entry.author)
        bar = (BAR, voice)
        same_minute = before is not None and self.calendar.minute(before.at_ms) == self.calendar.minute(entry.at_ms)
        if right is None:
            time = self.calendar.clock(entry.at_ms) if header or not same_minute else ""
            mark = self.mark(entry)
            right = ((f"{time} {mark:<2}", "meta"),) if time or mark else ()
        if header:
            name = self._name(entry.author)
            words = ((("NOTE", "note-word"), (" ", "body")) if note else ()) + ((name, f"{voice}-name"),)
            more = ((" · team only", "meta"),) if note else ()
            yield Row((bar, *words, *more), right, note=note)
            right = ()
        if entry.withdrawn:
            yield Row((bar, (_WITHDRAWN, "withdrawn")), right, note=note)
            return
        styled = self._styled_spans(entry.body)
        for start, end in wrapped(entry.body, self.body):
            yield Row((bar, *_pieces(entry.body, start, end, styled)), right, note=note, text=(start, end))
            right = ()
        for host in link_hosts(entry.body):
            yield Row((bar, ("↗ ", "link-host"), (host, "link-host")), note=note)

    def _styled_spans(self, body: str) -> list[tuple[int, int, str]]:
        """Links and what a search found, in order and apart from each other."""
        found = []
        if self.query:
            matches = re.finditer(re.escape(self.query), body, re.IGNORECASE)
            found = [(match.start(), match.end(), "match") for match in matches if match.group()]
        if ":" in body:
            links = [(start, end, "link") for start, end, _ in links_in(body)]
            found += [link for link in links if all(link[1] <= start or link[0] >= end for start, end, _ in found)]
        return sorted(found)

    def _voice(self, author: Author) -> str:
        if author.kind is AuthorKind.CUSTOMER:
            return "customer"
        return "mine" if self.is_me(author) else "colleague"

    def _name(self, author: Author) -> str:
        if self.is_me(author):
            return "You"
        return author.name or ("Visitor" if author.kind is AuthorKind.CUSTOMER else "Colleague")

    def _system_words(self, entry: Entry) -> str:
        if entry.system is None:
            return str(entry.body)
        return f"{system_words(entry.system, self.calendar, entry.at_ms)} · {self.calendar.clock(entry.at_ms)}"


def system_words(line: SystemLine, calendar: Calendar, said_at_ms: int) -> str:
    """What a line of the system says, times as told at that moment."""
    known = SYSTEM_LINES.get(line.code)
    if known is None:
        return str(line.what or line.code)
    what: str = line.what
    if known.what is What.TIME and _A_TIME.fullmatch(what):
        what = calendar.moment(int(what), said_at_ms)
    elif known.what is What.CONTACT:
        what = masked_contact(line.what)
    return known.sentence.format(who=line.who or "somebody", what=what)


def link_hosts(body: str) -> tuple[str, ...]:
    """The hosts of the links in a text, each once, in order."""
    if ":" not in body:
        return ()
    return tuple(dict.fromkeys(str(link.host) for _, _, link in links_in(body)))


def _pieces(body: str, start: int, end: int, styled: list[tuple[int, int, str]]) -> Iterator[tuple[str, str]]:
    at = start
    for left, right, style in styled:
        if right <= at or left >= end:
            continue
        left, right = max(left, at), min(right, end)
        if left > at:
            yield body[at:left], "body"
        yield body[left:right], style
        at = right
    if at < end:
        yield body[at:end], "body"


def _delivery(item: Outgoing) -> tuple[tuple[tuple[str, str], ...], tuple[str, str] | None]:
    """What the right edge says, and the line under a message that needs its author."""
    match item.state:
        case Delivery.WAITING | Delivery.SENDING:
            why = clean(item.why)
            return ((f"… {item.state}", "meta"),), (f"… waiting: {why}", "held") if why else None
        case Delivery.SENT:
            return (("✓ ", "meta"),), None
        case Delivery.HELD:
            reason = clean(item.why) or "Something changed while you wrote."
            return (("■ held", "held"),), (f"■ held: {reason} ↑ brings it back.", "held")
        case Delivery.FAILED:
            return (("✗ failed", "failed"),), (f"✗ failed: {clean(item.why)} ↑ brings it back.", "failed")
        case Delivery.UNSURE:
            return (("? unsure", "held"),), ("? may have been sent: look before you send it again.", "held")
