"""Text as search compares it: no case, no accents, no punctuation."""

import unicodedata
from functools import lru_cache
from typing import Final

_KEPT: Final = frozenset("%€$")


class _Folded(dict[int, str]):
    """What becomes of a character; worked out once for each character met."""

    def __missing__(self, code: int) -> str:
        plain = "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c)).casefold()
        folded = "".join(c if c.isalnum() or c in _KEPT else " " for c in plain)
        if unicodedata.combining(chr(code)) or chr(code) in "'’":
            folded = ""
        self[code] = folded
        return folded


_folded: Final = _Folded()


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Words between single spaces, without case, accents and punctuation; `don't` is `dont`."""
    return " ".join(text.translate(_folded).split())


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return fold(text).split()
