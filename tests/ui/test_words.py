"""Text reaches the screen as it is: no bracket of a customer is ever a style, an action or the end of the app."""

import pytest
from textual.content import Content
from textual.fuzzy import FuzzySearch

from agent_tui.model.links import checked_link
from agent_tui.model.text import SafeText, clean
from agent_tui.ui import words
from tests.hostile import HostileString, hostile, hostile_strings


def styles_of(content: Content) -> set[str]:
    return {str(span.style) for span in content.spans}


@pytest.mark.parametrize("string", hostile_strings(), ids=str)
def test_a_hostile_string_is_shown_literally(string: HostileString) -> None:
    foreign = clean(string.text)
    assert words.text(foreign).plain == foreign
    assert words.text(foreign).spans == []
    styled = words.joined((foreign, "bold"), foreign, words.text(foreign, "italic"), between=" · ")
    assert styled.plain == f"{foreign} · {foreign} · {foreign}"
    assert styles_of(styled) == {"bold", "italic"}
    assert words.highlighted(foreign, range(len(foreign))[:3], "reverse").plain == foreign


def test_pieces_keep_their_own_styles() -> None:
    content = words.joined((SafeText("Jane"), "bold"), SafeText(": "), (SafeText("[/] hi"), "$accent"))
    assert content.plain == "Jane: [/] hi"
    assert [(span.start, span.end, span.style) for span in content.spans] == [(0, 4, "bold"), (6, 12, "$accent")]


def test_lines_are_one_below_the_other() -> None:
    assert words.lines([SafeText("[b]one"), (SafeText("two"), "dim")]).plain == "[b]one\ntwo"
    assert words.lines([]).plain == ""


def test_a_link_shows_where_it_leads() -> None:
    target = checked_link(hostile("homoglyph-url"))
    assert words.link(SafeText("your bank"), target).plain == "your bank (xn--pple-43d.com)"
    assert words.link(clean(hostile("homoglyph-url")), target).plain.endswith(" (xn--pple-43d.com)")
    plain = checked_link("https://example.org/x")
    assert words.link(SafeText(plain.url), plain).plain == plain.url


def test_a_link_is_no_terminal_hyperlink() -> None:
    content = words.link(SafeText("x"), checked_link("https://example.org/"))
    assert not any("link" in style or "@" in style for style in styles_of(content))


@pytest.mark.parametrize("name", ["[/", "oops [/]", "x[@click=app.quit]y", "path C:\\"])
def test_a_found_name_is_highlighted_without_markup(name: str) -> None:
    _, offsets = FuzzySearch().match(name[0], name)
    content = words.highlighted(clean(name), offsets, "bold")
    assert content.plain == name
    assert styles_of(content) == {"bold"}
