"""Heights by item and by row, and where text breaks: against the plainest way of doing the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from agent_tui.ui.widgets.heights import Heights
from agent_tui.ui.widgets.wrapping import _one_cell_each, row_count, wrapped

TEXT = "hello né 日本語日本語 👩‍👩‍👧 🇳🇱 e\u0301a\u0308 two  spaces averyverylongwordthatfitsnowhere שלום עולם\n\nend"


class PlainHeights:
    """A list of counts, walked each time."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def first_row(self, item: int) -> int:
        return sum(self.counts[:item])

    def locate(self, row: int) -> tuple[int, int]:
        for item, count in enumerate(self.counts):
            if row < count:
                return item, row
            row -= count
        return len(self.counts) - 1, self.counts[-1] - 1


steps = st.one_of(
    st.tuples(st.just("append"), st.integers(0, 1500), st.integers(1, 9)),
    st.tuples(st.just("prepend"), st.integers(0, 1500), st.integers(1, 9)),
    st.tuples(st.just("measure"), st.integers(0, 5000), st.integers(1, 300)),
)


@given(st.lists(steps, max_size=12), st.lists(st.integers(0, 20_000), max_size=8))
def test_heights_agree_with_a_plain_list(changes: list[tuple[str, int, int]], rows: list[int]) -> None:
    heights, plain = Heights(), PlainHeights()
    for what, number, height in changes:
        if what == "append":
            heights.append_estimates(number, height)
            plain.counts += [height] * number
        elif what == "prepend":
            heights.prepend_estimates(number, height)
            plain.counts[:0] = [height] * number
        elif plain.counts:
            item = number % len(plain.counts)
            assert heights.measured(item, height) == height - plain.counts[item]
            assert heights.is_measured(item)
            plain.counts[item] = height
        assert (heights.items, heights.rows) == (len(plain.counts), sum(plain.counts))
    for row in rows if plain.counts else ():
        assert heights.locate(row) == plain.locate(row)
        item = row % len(plain.counts)
        assert (heights.of(item), heights.first_row(item)) == (plain.counts[item], plain.first_row(item))


def test_what_is_not_there_is_not_found() -> None:
    heights = Heights(600)
    for item in (-1, 600):
        with pytest.raises(IndexError):
            heights.of(item)


def test_a_doubted_height_is_an_estimate_again() -> None:
    heights = Heights(3)
    heights.measured(1, 7)
    heights.doubt(1)
    assert not heights.is_measured(1)
    assert heights.of(1) == 7


@pytest.mark.parametrize("width", range(2, 70))
def test_no_row_is_wider_than_its_width_and_no_letter_is_lost(width: int) -> None:
    rows = [TEXT[start:end] for start, end in wrapped(TEXT, width)]
    assert all(cell_len(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == TEXT.replace(" ", "").replace("\n", "")


@given(st.text(max_size=300), st.integers(1, 80))
def test_rows_cover_the_text_in_order(text: str, width: int) -> None:
    rows = wrapped(text, width)
    assert rows
    assert row_count(text, width) == len(rows)
    at = 0
    for start, end in rows:
        assert start <= end
        assert text[at:start] in {"", " ", "\n"}
        at = end
    assert text[at:] in {"", " "}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("one two three", ["one two", "three"]),
        ("abcdefghijkl", ["abcdefghij", "kl"]),
        ("a\n\nb", ["a", "", "b"]),
        ("日本語日本語", ["日本語日本", "語"]),
        ("see 日本語日本語", ["see 日本語", "日本語"]),
    ],
)
def test_it_breaks_where_a_reader_expects_it(text: str, rows: list[str]) -> None:
    assert [text[start:end] for start, end in wrapped(text, 10)] == rows


def test_characters_taken_for_one_cell_are_one_cell() -> None:
    assert [c for c in map(chr, range(0x20, 0x3000)) if _one_cell_each(c) and cell_len(c) != 1] == []
