"""Layers, fields, and how a snippet is written when it goes out."""

from datetime import date

import msgspec
import pytest

from agent_tui.core.library.dates import without_future
from agent_tui.core.library.filling import fill, unfilled_in
from agent_tui.core.library.layers import merge
from agent_tui.core.library.provenance import freshness, provenance
from agent_tui.core.library.wording import as_sent
from agent_tui.model.snippet import Consent, Layer, NamedAs, Place, Placed, Problem, Scope, Wording
from agent_tui.model.text import SafeText
from tests.library_files import TODAY, canned, said_by_umbra, source


def placed(text: str, identifier: str, line: int = 1) -> Placed:
    return Placed(canned(text, identifier), Place("a.toml", line))


def test_the_nearer_hides_the_farther_and_shows_it() -> None:
    library = merge({layer: [placed(layer.value, "greet")] for layer in Layer})
    kept = library.kept["greet"]
    assert (kept.snippet.title, kept.layer) == ("personal", Layer.PERSONAL)
    assert kept.hides == (Layer.TEAM, Layer.COMPANY, Layer.STARTER)
    assert library.hidden["greet", Layer.TEAM].snippet.title == "team"


def test_the_same_id_twice_in_a_layer_is_named_and_neither_loads() -> None:
    library = merge({Layer.TEAM: [placed("one", "x", 3), placed("two", "x", 9), placed("three", "y", 12)]})
    assert set(library.kept) == {"y"}
    assert "a.toml, line 3 and a.toml, line 9" in library.problems[0].sentence


def test_a_double_does_not_hide_the_farther_one() -> None:
    library = merge({Layer.TEAM: [placed("one", "x"), placed("two", "x")], Layer.COMPANY: [placed("far", "x")]})
    assert library.kept["x"].layer is Layer.COMPANY


def test_fields_are_filled_and_what_is_unknown_is_pointed_at() -> None:
    filled = fill(
        "Hi {{ customer.name }}, on {{page.title}} by {{agent.name}}", {"customer.name": "Jane", "agent.name": " "}
    )
    assert filled.text == "Hi Jane, on {{page.title}} by {{agent.name}}"
    assert [filled.text[each.start : each.end] for each in filled.unfilled] == ["{{page.title}}", "{{agent.name}}"]


def test_a_value_is_never_read_as_a_field() -> None:
    filled = fill("Hi {{customer.name}}", {"customer.name": "{{agent.name}}", "agent.name": "Ada"})
    assert (filled.text, filled.unfilled) == ("Hi {{agent.name}}", ())


def test_a_field_that_names_a_snippet_includes_nothing() -> None:
    assert fill("{{loop}}", {}).text == "{{loop}}"
    assert [field.name for field in unfilled_in("{{loop}}")] == ["loop"]


@pytest.mark.parametrize(
    ("named_as", "shown"),
    [
        (NamedAs.FULL, "Mira Okafor, head of support at Umbra"),
        (NamedAs.ROLE, "head of support at Umbra"),
        (NamedAs.ANONYMOUS, "a customer of ours"),
    ],
)
def test_who_said_it_is_written_as_far_as_the_consent_allows(named_as: NamedAs, shown: str) -> None:
    snippet = said_by_umbra(Consent(Scope.EXTERNAL, named_as, date(2026, 3, 2)))
    assert as_sent(snippet, "en").endswith(f"” — {shown}")


def test_a_translation_says_so() -> None:
    snippet = said_by_umbra()
    both = msgspec.structs.replace(
        snippet, texts=(*snippet.texts, Wording("nl", SafeText("Twee dagen."))), translated=("nl",)
    )
    assert as_sent(both, "nl") == "“Twee dagen.” (vertaald) — Mira Okafor, head of support bij Umbra"


def test_a_source_goes_out_with_publisher_date_and_link_in_the_customers_language() -> None:
    assert as_sent(source(), "en").endswith("(TNO, 1 May 2025, https://example.org/chat)")
    assert as_sent(source(), "nl") == (
        "41% haakt af als het eerste antwoord meer dan een minuut duurt. (TNO, 1 mei 2025, https://example.org/chat)"
    )


def test_provenance_and_freshness_are_words() -> None:
    assert provenance(source(url="", published_on=None)) == "TNO, no date, no link."
    assert "by name, agreed on 2 March 2026" in provenance(said_by_umbra())
    assert freshness(source(), TODAY) == "Checked 21 days ago."
    old = msgspec.structs.replace(source(), checked_on=date(2026, 5, 25), check_every_days=180)
    assert freshness(old, TODAY) == "Checked 181 days ago, due again since 21 November 2026."
    assert freshness(canned("x"), TODAY) == ""


def test_a_date_in_the_future_is_not_believed() -> None:
    ahead = msgspec.structs.replace(source(), checked_on=date(2027, 1, 1))
    problems: list[Problem] = []
    assert list(without_future([Placed(ahead, Place("a.toml", 7))], TODAY, problems)) == []
    assert "a.toml, line 7: `checked_on`" in problems[0].sentence
