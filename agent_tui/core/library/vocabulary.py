"""What words mean to search: which say nearly the same, which hold others, which say nothing. A table teams can edit.

```toml
stop = ["the", "de"]                            # say nothing by themselves
endings = ["ingen", "en", "s"]                  # longest first: words that differ in these only are one
together = [["price", "cost", "prijs"]]         # mean nearly the same; may hold several words ("log in")
[parts]
levertijd = ["lever", "tijd"]                   # a word that holds others
```
"""

from collections.abc import Iterable, Mapping
from typing import Final

from agent_tui.core.library.folding import fold
from agent_tui.model.word_table import WordTable

_SHORTEST_STEM: Final = 3


class Vocabulary:
    """Several tables as one; made once for a library."""

    def __init__(self, tables: Iterable[WordTable] = ()) -> None:
        tables = tuple(tables)
        self.tables = tables
        self.stop = frozenset(fold(word) for table in tables for word in table.stop)
        self.endings = sorted({ending for table in tables for ending in table.endings}, key=len, reverse=True)
        self.parts: Mapping[str, tuple[str, ...]] = {
            fold(word): tuple(map(fold, parts)) for table in tables for word, parts in table.parts.items()
        }
        self._together: dict[str, set[str]] = {}
        self.phrases: dict[str, set[str]] = {}
        for table in tables:
            for group in table.together:
                self._add_group([fold(word) for word in group])

    def stem(self, word: str) -> str:
        """The word without its ending, where enough of it stays."""
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                return _single_end(word[: -len(ending)])
        return _single_end(word)

    def near(self, word: str) -> set[str]:
        """Words that mean nearly the same, without itself."""
        return (self._together.get(word, set()) | self._together.get(self.stem(word), set())) - {word}

    def _add_group(self, group: list[str]) -> None:
        single = {word for word in group if word and " " not in word}
        for word in single:
            for key in {word, self.stem(word)}:
                self._together.setdefault(key, set()).update(single)
        for phrase in group:
            if " " in phrase:
                self.phrases.setdefault(phrase, set()).update(single)


def _single_end(word: str) -> str:
    """`plann` and `plan`, `huiz` and `huis`, are one stem."""
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] + {"z": "s", "v": "f"}.get(word[-1], word[-1]) if word else word
