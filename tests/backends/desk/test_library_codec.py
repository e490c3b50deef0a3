"""The team's library from a desk that can't be trusted: every text clean, what does not fit left out."""

from datetime import date
from typing import Any

import msgspec
import pytest

from agent_tui.backends.desk.library_codec import LONGEST_LINE, LONGEST_TEXT, team_page, use_counts
from agent_tui.model import snippet as model  # `Testimonial` by itself looks like a test to pytest
from agent_tui.model.links import checked_link
from agent_tui.model.snippet import AnySnippet, Consent, NamedAs, Scope, Source, Speaker, Wording
from agent_tui.model.text import SafeText, clean
from agent_tui.model.uses import UseCount, Uses
from agent_tui.model.word_table import WordTable
from agent_tui.model.words import Stage
from agent_tui.protocol.library import LibraryPage, UsesPage, WirePlaced
from tests.hostile import HostileString, hostile_strings
from tests.library_files import canned, said_by_umbra, source


def decoded(*snippets: AnySnippet, **more: Any) -> Any:
    wire = LibraryPage("v1", True, [WirePlaced(each, "library/a.toml", 3) for each in snippets], **more)
    return team_page(msgspec.json.decode(msgspec.json.encode(wire), type=LibraryPage))


def test_what_fits_comes_as_it_is() -> None:
    snippets = (said_by_umbra(), source(), canned("Hi {{customer.name}}"))
    assert tuple(placed.snippet for placed in decoded(*snippets).placed) == snippets


def texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, msgspec.Struct):
        return [text for name in value.__struct_fields__ for text in texts_in(getattr(value, name))]
    if isinstance(value, dict):
        return [text for pair in value.items() for text in texts_in(pair)]
    return [text for each in value for text in texts_in(each)] if isinstance(value, tuple | list) else []


def fits_json(text: str) -> bool:
    """Half a character fits into no frame: it is refused as a whole, long before this."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def hostile_in_every_field(raw: str) -> tuple[AnySnippet, ...]:
    text = SafeText(raw)  # as a desk of somebody's may send it
    common: dict[str, Any] = {
        "revision": 1, "title": text, "texts": (Wording("en", text),), "products": (text,), "objections": (text,),
        "tags": (text,), "checked_by": text,
    }  # fmt: skip
    said = model.Testimonial(
        id="said", **common, speaker=Speaker(text, text, text), relationship=text, proof=text,
        consent=Consent(Scope.EXTERNAL, NamedAs.FULL, date(2026, 1, 1), text), translated=(raw,),
    )  # fmt: skip
    study = Source(id="study", **common, figure=text, publisher=text, work=text, url=text, second_hand=text)
    return said, study


@pytest.mark.parametrize("string", [each for each in hostile_strings() if fits_json(each.text)], ids=str)
def test_hostile_strings_in_every_field_come_in_clean(string: HostileString) -> None:
    page = decoded(
        *hostile_in_every_field(string.text), problems=[string.text], words=[WordTable(together=((string.text,),))]
    )
    for text in texts_in(page):
        assert clean(text) == text
    for placed in page.placed:
        if isinstance(placed.snippet, Source) and placed.snippet.url:
            assert checked_link(placed.snippet.url).url.startswith("http")


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "Not An Id"},
        {"id": "x" * 81},
        {"id": "a\x1b[2J"},
        {"revision": 0},
        {"revision": 2**31},
        {"texts": ()},
        {"texts": (Wording("\x1b[", SafeText("x")),)},
    ],
)
def test_a_record_that_does_not_fit_is_left_out_and_the_rest_comes(odd: dict[str, Any]) -> None:
    page = decoded(msgspec.structs.replace(canned("Hi"), **odd), source())
    assert [placed.snippet.id for placed in page.placed] == ["tno-first-reply"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.org/", "https://bank.example@evil.example/", "x"]
)
def test_an_address_that_is_none_is_not_passed_on(url: str) -> None:
    (placed,) = decoded(source(url=url)).placed
    assert placed.snippet.url == ""


def test_what_is_too_long_is_cut_where_it_is_no_quotation_of_ours() -> None:
    (placed,) = decoded(msgspec.structs.replace(canned("x" * 20_000), title=SafeText("t" * 1_000))).placed
    assert (len(placed.snippet.texts[0].text), len(placed.snippet.title)) == (LONGEST_TEXT, LONGEST_LINE)


def test_ids_elsewhere_are_ids_too() -> None:
    page = decoded(gone=["ok", "\x1b"], withdrawn={"ok": date(2026, 1, 1), "\x1b": date(2026, 1, 1)})
    assert (page.gone, page.withdrawn) == (("ok",), {"ok": date(2026, 1, 1)})
    counts = [UseCount("ok", Stage.MID, Uses(1)), UseCount("\x1b", Stage.MID, Uses(1))]
    assert use_counts(UsesPage(counts, [])) == (counts[0],)
