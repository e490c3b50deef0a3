"""The library as consoles are given it: by version, whole or what changed since."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from agent_tui.core.library.layers import Kept
from agent_tui.model.gate import Policy
from agent_tui.model.word_table import WordTable
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.library import LibraryPage, WirePlaced

PAGE: Final = 200
PAGE_CHARACTERS: Final = 200_000
STEPS: Final = 50
"""So many changes back a console is told what changed; further back it reads all."""


class Contents(Struct, frozen=True):
    """What there is at one moment. `digests`: of each record, by id."""

    kept: Mapping[str, Kept]
    digests: Mapping[str, bytes]
    withdrawn: Mapping[str, date] = {}
    policy: Policy = Policy()
    words: tuple[WordTable, ...] = ()
    problems: tuple[str, ...] = ()

    def version(self) -> str:
        """The same for the same contents, also after a restart."""
        found = hashlib.blake2b(digest_size=8)
        for identifier in sorted(self.digests):
            found.update(self.digests[identifier])
        rest = (sorted(self.withdrawn.items()), self.policy, self.words, self.problems)
        found.update(msgspec.msgpack.encode(rest))
        return found.hexdigest()


class _Step(Struct, frozen=True):
    before: str
    changed: frozenset[str]
    """Ids of records that came, changed or went."""


class Serving:
    """Pages of the newest contents, and of what changed lately."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._contents = Contents({}, {})
        self._steps: list[_Step] = []
        self.version = ""
        """Empty until there is something to serve."""

    def offer(self, contents: Contents) -> bool:
        """These are served from now on; whether they are other than before."""
        version = contents.version()
        if version == self.version:
            return False
        before = self._contents.digests
        both = before.keys() | contents.digests.keys()
        changed = frozenset(name for name in both if before.get(name) != contents.digests.get(name))
        if self.version:
            self._steps = [*self._steps[-STEPS + 1 :], _Step(self.version, changed)]
        self._contents, self.version = contents, version
        return True

    def page(self, have: str, after: str) -> LibraryPage:
        """What somebody with the version `have` lacks; the page after `after`. Raises `Refusal`."""
        if after:
            return self._whole(self._place(after))
        if have == self.version:
            return self._head(whole=False)
        changed = self._since(have)
        if changed is None or len(changed) > PAGE:
            return self._whole(0)
        kept = self._contents.kept
        page = self._head(whole=False)
        return msgspec.structs.replace(
            page,
            snippets=[self._placed(kept[name]) for name in sorted(changed) if name in kept],
            gone=sorted(name for name in changed if name not in kept),
        )

    def _since(self, have: str) -> set[str] | None:
        found: set[str] = set()
        for step in reversed(self._steps):
            found |= step.changed
            if step.before == have:
                return found
        return None

    def _whole(self, start: int) -> LibraryPage:
        kept = list(self._contents.kept.values())
        end, size = start, 0
        while end < len(kept) and end - start < PAGE and (size < PAGE_CHARACTERS or end == start):
            size += sum(len(wording.text) for wording in kept[end].snippet.texts)
            end += 1
        return msgspec.structs.replace(
            self._head(whole=True),
            snippets=[self._placed(each) for each in kept[start:end]],
            next=f"{self.version}.{end}" if end < len(kept) else "",
        )

    def _place(self, after: str) -> int:
        version, _, start = after.partition(".")
        if version != self.version or not (start.isascii() and start.isdigit() and len(start) < 9):
            raise Refusal(Code.WRONG_STATE, "The library changed while you were reading it: begin again.")
        return int(start)

    def _head(self, *, whole: bool) -> LibraryPage:
        now = self._contents
        return LibraryPage(
            self.version,
            whole,
            withdrawn=dict(now.withdrawn),
            policy=now.policy,
            words=list(now.words),
            problems=list(now.problems),
        )

    def _placed(self, kept: Kept) -> WirePlaced:
        return WirePlaced(kept.snippet, relative(kept.place.file, self._home), kept.place.line)


def relative(text: str, home: Path) -> str:
    """A path, or a sentence with one, as it is called in the desk's folder: consoles are elsewhere."""
    return text.replace(f"{home}/", "")


def digest(kept: Kept) -> bytes:
    """Of one record and its place."""
    return hashlib.blake2b(msgspec.msgpack.encode(kept), digest_size=8).digest()


def of_the_home(problems: Iterable[str], home: Path) -> tuple[str, ...]:
    """Sentences, with the paths of the desk's folder only."""
    return tuple(relative(problem, home) for problem in problems)
