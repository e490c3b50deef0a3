"""The words of a library, and where each stands: what search takes its candidates from.

Plain data, so that it can be made in another process and read from a file.
"""

from array import array
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

from msgspec import Struct

from agent_tui.core.library.folding import fold, words_of
from agent_tui.core.library.vocabulary import Vocabulary
from agent_tui.model.snippet import AnySnippet, Canned, Source, Testimonial

_NUMBER: Final = "I"


class Field(IntEnum):
    """Where a word stands, the weightiest first."""

    TITLE = 0
    OBJECTION = 1
    TAG = 2
    BODY = 3


class Words(Struct, frozen=True):
    """The index as data. Documents are numbers: places in `ids`. Postings are arrays of unsigned ints, as bytes."""

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    """Folded."""
    objections: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    """Sorted."""
    stems: tuple[str, ...]
    """Of each word."""
    postings: tuple[tuple[bytes, bytes, bytes, bytes], ...]
    """Of each word, for each `Field`."""


def texts_of(snippet: AnySnippet) -> tuple[str, Sequence[str], str, str]:
    """What search reads: title, objections, tags and names, bodies."""
    named: list[str] = [*snippet.tags, *snippet.products]
    match snippet:
        case Testimonial(speaker=speaker):
            named += ["testimonial", speaker.company, speaker.role, speaker.name]
        case Source():
            named += [snippet.publisher, snippet.work, snippet.figure]
        case Canned():
            pass
    return snippet.title, snippet.objections, " ".join(named), "\n".join(wording.text for wording in snippet.texts)


def make_words(snippets: Iterable[AnySnippet], vocabulary: Vocabulary) -> Words:
    """The index of these snippets; documents are numbered in their order."""
    ids: list[str] = []
    titles: list[str] = []
    objections: list[tuple[str, ...]] = []
    found: dict[str, tuple[array[int], ...]] = {}
    for number, snippet in enumerate(snippets):
        title, objected, named, body = texts_of(snippet)
        ids.append(snippet.id)
        titles.append(fold(title))
        objections.append(tuple(map(fold, objected)))
        seen: set[str] = set()
        for field, text in zip(Field, (title, " ".join(objected), f"{named} {snippet.id}", body), strict=True):
            for word in dict.fromkeys(words_of(text)):
                if word not in seen:
                    seen.add(word)
                    if word not in found:
                        found[word] = tuple(array(_NUMBER) for _ in Field)
                    found[word][field].append(number)
    words = sorted(found)
    return Words(
        tuple(ids),
        tuple(titles),
        tuple(objections),
        tuple(words),
        tuple(vocabulary.stem(word) for word in words),
        tuple(_as_bytes(found[word]) for word in words),
    )


def numbers(posting: bytes) -> "array[int]":
    """The documents of a posting."""
    found = array(_NUMBER)
    found.frombytes(posting)
    return found


def _as_bytes(postings: "tuple[array[int], ...]") -> tuple[bytes, bytes, bytes, bytes]:
    title, objection, tag, body = postings
    return title.tobytes(), objection.tobytes(), tag.tobytes(), body.tobytes()
