"""Full-text search, brought up to date after the commits that senders wait for.

Words are folded before they are indexed and before they are looked for: full-width and other compatibility forms become
their plain ones, and characters without a picture of their own disappear, so that nothing hides from a search.
"""

import re
import sqlite3
import unicodedata

from agent_tui.desk.store.bulk import insert
from agent_tui.desk.store.schema import SEARCH_INDEX

_BATCH = 64
"""A sender whose message comes just then waits for a batch, and for no more."""
_MOST_WORDS = 32
_LONGEST_WISH = 2_000
"""Code points looked at."""
_ignorable = re.compile("[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_word = re.compile(r"\w+")

_NEXT = "SELECT id, body, conversation, kind, withdrawn_at FROM entry WHERE id > ? ORDER BY id LIMIT ?"
_add = insert(SEARCH_INDEX, ("rowid", "words", "place"))
_REMOVE = f"INSERT INTO {SEARCH_INDEX} ({SEARCH_INDEX}, rowid, words, place) VALUES ('delete', ?, ?, ?)"  # noqa: S608
_REACHED = "UPDATE meta SET value = ? WHERE name = 'indexed_to'"


def fold(text: str) -> str:
    """Text as the index holds it."""
    return _ignorable.sub("", unicodedata.normalize("NFKC", text))


def match_expression(text: str, conversation: int = 0) -> str:
    """What people typed as an FTS5 expression: every word, the last perhaps unfinished. Empty: nothing to look for.

    A pasted page is looked for by its first words: each word costs a walk through the index.
    """
    words = _word.findall(fold(text[:_LONGEST_WISH]))[:_MOST_WORDS]
    if not words:
        return ""
    wanted = " ".join(f'"{word}"' for word in words)
    everywhere = f"words : ({wanted}*)"
    return f"{everywhere} AND place : c{conversation}" if conversation else everywhere


class SearchIndex:
    """The index from the writer's side."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver
        self.behind = True
        """There may be entries the index has not seen."""

    def more_written(self) -> None:
        """A commit added something."""
        self.behind = True

    def pause(self) -> None:
        """There is no room: leave it until the next commit."""
        self.behind = False

    def step(self) -> None:
        """Index the next few entries, inside a transaction of the writer's."""
        (reached,) = self._driver.execute("SELECT value FROM meta WHERE name = 'indexed_to'").fetchone()
        rows = self._driver.execute(_NEXT, (int(reached), _BATCH)).fetchall()
        self.behind = len(rows) == _BATCH
        if rows:
            _add.run(
                self._driver,
                [
                    (number, fold(body), f"c{conversation}")
                    for number, body, conversation, kind, withdrawn_at in rows
                    if kind != "system" and withdrawn_at is None
                ],
            )
            self._driver.execute(_REACHED, (str(rows[-1][0]),))


def remove_entry(driver: sqlite3.Connection, number: int, body: str, conversation: int) -> None:
    """Take a withdrawn entry out, if it is in."""
    if _indexed(driver, number):
        driver.execute(_REMOVE, (number, fold(body), f"c{conversation}"))


def restore_entry(driver: sqlite3.Connection, number: int, body: str, conversation: int) -> None:
    """Put an entry back that `remove_entry` took out; one that was never in comes in its turn."""
    if _indexed(driver, number):
        _add.run(driver, [(number, fold(body), f"c{conversation}")])


def _indexed(driver: sqlite3.Connection, number: int) -> bool:
    (reached,) = driver.execute("SELECT value FROM meta WHERE name = 'indexed_to'").fetchone()
    return number <= int(reached)
