"""What the widget's files promise by themselves: small, no way in for markup, the same words everywhere, contrast."""

import re

import pytest

from agent_tui.desk.widget.files import EMBED, PAGE, widget_files, widget_headers

_MOST_BYTES_SENT = 40 * 1024
_AA = 4.5
"""Least contrast of text on its ground (WCAG 2.2, 1.4.3)."""


def _text(name: str) -> str:
    return widget_files()[name].body.decode()


def _scripts() -> dict[str, str]:
    return {name: _text(name) for name in widget_files() if name.endswith(".js")}


def test_what_a_visitor_loads_is_small() -> None:
    assert sum(len(file.gzipped) for file in widget_files().values()) < _MOST_BYTES_SENT


def test_every_file_the_page_asks_for_is_served_and_the_others_are_not() -> None:
    asked = set(re.findall(r'(?:href|src)="widget/([^"]+)"', _text(PAGE)))
    for script in _scripts().values():
        asked |= set(re.findall(r'from "\./([^"]+)"', script))
    assert asked | {PAGE, EMBED} == set(widget_files())


def test_nothing_turns_a_string_into_markup_or_script() -> None:
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser|srcdoc|setHTML"
    for name, script in _scripts().items():
        assert not re.search(sinks, script), name


def test_the_page_holds_nothing_inline() -> None:
    page = _text(PAGE)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_a_site_of_the_settings_may_frame_the_page_and_no_other() -> None:
    policy = widget_headers(["https://shop.example"])["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example;" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy


def _words() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    language = ""
    for line in _text("words.js").splitlines():
        if opened := re.fullmatch(r"  (\w\w): \{", line):
            language = opened[1]
            tables[language] = {}
        elif said := re.fullmatch(r'    (\w+): "(.*)",', line):
            tables[language][said[1]] = said[2]
    return tables


def _places(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_each_language_says_everything_with_the_same_places_to_fill_in() -> None:
    tables = _words()
    assert set(tables) == {"en", "nl"}
    english = {key: _places(sentence) for key, sentence in tables["en"].items()}
    for language, table in tables.items():
        assert {key: _places(sentence) for key, sentence in table.items()} == english, language


def test_every_word_that_is_said_exists() -> None:
    said = set(re.findall(r'data-(?:word|label|placeholder)="(\w+)"', _text(PAGE)))
    for script in _scripts().values():
        said |= set(re.findall(r'\bsay\("(\w+)"', script))
    assert said <= set(_words()["en"])


def _palettes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", _text("widget.css"), re.S)
    colours = [dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in (light, dark)]
    return {"light": colours[0], "dark": {**colours[0], **colours[1]}}


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "surface"),
        ("ink", "theirs"),
        ("ink", "ground"),
        ("ink", "note-ground"),
        ("faint", "surface"),
        ("faint", "ground"),
        ("on-mine", "mine"),
        ("accent", "theirs"),
        ("alert", "surface"),
    ],
)
def test_text_stands_out_from_its_ground(scheme: str, ink: str, ground: str) -> None:
    palette = _palettes()[scheme]
    darker, lighter = sorted(_luminance(palette[name]) for name in (ink, ground))
    assert (lighter + 0.05) / (darker + 0.05) >= _AA
