"""Imports: what each form becomes, and what is left out with a reason."""

import json
from datetime import date

import pytest

from agent_tui.model import snippet as snippets  # `Testimonial` by itself looks like a test to pytest
from agent_tui.model.snippet import NamedAs, Source
from agent_tui.model.text import clean
from agent_tui.storage.library import importing
from agent_tui.storage.library.importing import Format, Imported, NotReadable, read_import
from tests.hostile import HostileString, hostile_strings

BIB = """
@comment{ours}
@techreport{tno25, title = {{TNO} 2025: first reply}, author = {Jansen, Piet and de Vries, Ann}, institution = {TNO},
  year = 2025, month = may, url = {https://example.org/tno}}
@article{bad, title = {No link}, url = {javascript:alert(1)}}
@misc{doi, title = {By number}, author = {Jansen, Piet}, doi = {10.1000/182}, year = {2020}}
"""


def read(text: str, kind: Format | None, taken: tuple[str, ...] = ()) -> Imported:
    return read_import(text.encode(), kind, "en", taken)


def test_csv_of_all_kinds() -> None:
    found = read(
        "kind;title;text;language;stages;name;as;scope;given_on\n"
        "canned;Hi;Hello there;en;support,;;;;\n"
        "testimonial;Umbra;Zo goed;nl;mid;Mira;full;external;2026-03-02\n"
        "poem;x;y;en;;;;;\n",
        Format.CSV,
    )
    assert [sentence.partition(":")[0] for sentence in found.refused] == ["line 2", "line 4"]
    assert "`poem` is no kind of snippet: canned, testimonial, source are." in found.refused[1]
    (said,) = found.snippets
    assert isinstance(said, snippets.Testimonial)
    assert said.id == "umbra"
    assert said.texts[0].language == "nl"
    assert said.consent.named_as is NamedAs.FULL
    assert said.consent.given_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("titel,text\nx,y\n", "Did you mean `title`?"),
        ("title\nx\n", "A column `text` is needed"),
        ("", "`text` is needed"),
    ],
)
def test_csv_with_the_wrong_columns_is_refused_whole(text: str, says: str) -> None:
    with pytest.raises(NotReadable, match=says) as refused:
        read(text, Format.CSV)
    assert "Nothing was imported" in str(refused.value)


def test_espanso() -> None:
    match = '  - trigger: ":hi"\n    replace: "Hi {{name}},$|$"\n    label: Greeting\n'
    found = read(f'matches:\n{match}  - regex: "x"\n    image_path: y\n', Format.ESPANSO)
    (greeting,) = found.snippets
    assert (greeting.title, greeting.texts[0].text, greeting.tags) == ("Greeting", "Hi {{name}},", (":hi",))
    assert len(found.refused) == 1
    (bare,) = read('matches:\n  - trigger: ":hi"\n    replace: "Hi $|$"\n', Format.ESPANSO).snippets
    assert bare.title == "Hi"


def test_bibtex_and_csl_become_sources() -> None:
    found = read(BIB, Format.BIBTEX)
    tno, doi = found.snippets
    assert isinstance(tno, Source)
    assert (tno.publisher, tno.published_on, tno.url) == ("TNO", date(2025, 5, 1), "https://example.org/tno")
    assert tno.title == "TNO 2025: first reply"
    assert isinstance(doi, Source)
    assert (doi.url, doi.publisher) == ("https://doi.org/10.1000/182", "Jansen")
    assert found.refused[0].startswith("entry bad: `url` is no web address")
    item = {"title": "A study", "publisher": "TNO", "URL": "https://e.org", "issued": {"date-parts": [["2025", 5]]}}
    (csl,) = read(json.dumps([item]), None).snippets
    assert isinstance(csl, Source)
    assert csl.published_on == date(2025, 5, 1)


def test_chatwoot() -> None:
    responses = [
        {"id": 1, "short_code": "hi", "content": "Hi {{ contact.name }}, {{agent.name}} here"},
        {"short_code": "no"},
    ]
    found = read(json.dumps(responses), None)
    assert found.snippets[0].texts[0].text == "Hi {{customer.name}}, {{agent.name}} here"
    assert found.refused == ["response 2 (no): `text` has a language without a text."]


def test_an_id_that_is_used_already_is_left_out_and_made_ones_are_free() -> None:
    assert read("id,text\ngreet,Hi\n", Format.CSV, taken=("greet",)).snippets == []
    made = read("title,text\nHi,a\nHi,b\n", Format.CSV, taken=("hi",)).snippets
    assert [snippet.id for snippet in made] == ["hi-2", "hi-3"]


@pytest.mark.parametrize("kind", [*Format, None], ids=str)
@pytest.mark.parametrize("text", ["[[[[", "\x00\x01", "@article{", "{'a': ", "- &a [*a]", "[" * 100_000, "null", "7"])
def test_rubbish_is_never_a_snippet(kind: Format | None, text: str) -> None:
    try:
        found = read(text, kind)
    except NotReadable:
        return
    assert found.snippets == []


def test_what_is_too_large_or_not_utf8_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotReadable, match="not UTF-8"):
        read_import(b"\xff", Format.CSV, "en", ())
    monkeypatch.setattr(importing, "LARGEST_IMPORT", 10)
    with pytest.raises(NotReadable, match="at most 10 are read"):
        read_import(b"x" * 11, Format.CSV, "en", ())


@pytest.mark.parametrize("string", hostile_strings(), ids=str)
def test_hostile_strings_come_in_clean(string: HostileString) -> None:
    raw = json.dumps([{"short_code": string.text, "content": string.text}]).encode()
    found = read_import(raw, None, "en", ())
    for snippet in found.snippets:
        assert snippet.title == clean(snippet.title, multiline=False)
        assert snippet.texts[0].text == clean(snippet.texts[0].text)
    assert len(found.snippets) + len(found.refused) == 1
