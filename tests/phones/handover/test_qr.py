"""The code on the screen is one that a telephone's camera reads: drawn as cells, read by a real decoder."""

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.model.call import Number
from agent_tui.phones.handover.qr import qr_rows

NUMBER = Number("+31612345678")
_HALVES = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}


def painted(rows: tuple[str, ...], cell: tuple[int, int]) -> memoryview:
    """The rows as a terminal draws them, light blocks on black, a cell so many pixels wide and high; grey values."""
    width, height = cell
    pixels = bytearray()
    for row in rows:
        for half, lines in ((0, height // 2), (1, height - height // 2)):
            line = b"".join(bytes([_HALVES[block][half]]) * width for block in row)
            pixels += line * lines
    return memoryview(bytes(pixels)).cast("B", (len(rows) * height, len(rows[0]) * width))


def read(rows: tuple[str, ...], cell: tuple[int, int] = (8, 16)) -> list[tuple[str, str]]:
    found = zxingcpp.read_barcodes(painted(rows, cell), try_invert=False)
    return [(each.text, each.format.name) for each in found]


@pytest.mark.parametrize("cell", [(8, 16), (9, 20), (10, 21)], ids=str)
def test_a_camera_reads_the_link(cell: tuple[int, int]) -> None:
    ((text, kind),) = read(qr_rows(NUMBER.tel), cell)
    assert text == "tel:+31612345678"
    assert "micro" not in kind.lower()


def test_it_fits_a_card() -> None:
    rows = qr_rows(NUMBER.tel)
    assert (len(rows), {len(row) for row in rows}) == (13, {25})


@settings(max_examples=40)
@given(st.from_regex(r"\+[0-9]{7,15}", fullmatch=True), st.from_regex(r"([0-9]{1,8})?", fullmatch=True))
def test_every_number_is_read_as_it_is_and_never_as_a_micro_code(e164: str, extension: str) -> None:
    number = Number(e164, extension)
    rows = qr_rows(number.tel)
    assert len(rows[0]) >= 25
    assert [text for text, _ in read(rows)] == [number.tel]


def test_upside_down_in_light_and_dark_a_plain_reader_finds_nothing() -> None:
    """Why the card paints it in colours of its own: on a light theme the blocks would be dark."""
    turned = str.maketrans("█▀▄ ", " ▄▀█")
    assert read(tuple(row.translate(turned) for row in qr_rows(NUMBER.tel))) == []
