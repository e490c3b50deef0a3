"""`agent-tui library`: from the command line, without a desk."""

import json
from pathlib import Path

import pytest

from tests.cli.command import Ended, agent_tui

SOURCE = """# kept as it is
[[source]]
id = "ours"
title = "Ours"
claim.en = "41% left."
figure = "41%"
publisher = "TNO"
url = "http://127.0.0.1:9/"
published_on = 2025-05-01
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    folder = tmp_path / "company"
    folder.mkdir()
    (folder / "sources.toml").write_text(SOURCE, encoding="utf-8")
    return folder


def library(*arguments: str, given: str = "", **env: str) -> Ended:
    return agent_tui("library", *arguments, given=given, **env)


def test_list_shows_what_loads_and_names_what_does_not(company: Path) -> None:
    assert "ours " in library("--company", str(company), "list").out
    (company / "broken.toml").write_text('[[canned]]\nid = "x"\ntxt.en = "\x1b[2J"\n'.replace("\x1b", "\\u001b"))
    ended = library("list", AGENT_TUI_LIBRARY_COMPANY=str(company))
    assert ended.code == 1
    assert "broken.toml, line 3: there is no key `txt` here. Did you mean `text`?" in ended.err
    assert "ours " in ended.out


def test_a_snippet_is_added_changed_verified_and_shown() -> None:
    record = '[[canned]]\nid = "greet"\ntext.en = "Hi {{customer.name}}"\n'
    assert library("add", "--from", "-", given=record).code == 0
    again = library("add", "--from", "-", given=record)
    assert (again.code, "used already" in again.err) == (1, True)
    assert library("edit", "greet", "--from", "-", given=record.replace("Hi", "Hello")).code == 0
    assert library("verify", "greet", "--by", "Ada").code == 0
    shown = json.loads(library("show", "greet", "--json").out)["snippet"]
    assert (shown["revision"], shown["checked_by"], shown["texts"][0]["text"]) == (2, "Ada", "Hello {{customer.name}}")
    assert "Checked today by Ada." in library("show", "greet").out


def test_what_comes_with_agent_tui_is_copied_by_an_edit_and_hidden(tmp_path: Path) -> None:
    record = library("export", "nice-on-hold").out
    added = record + 'url = "https://example.org/nice"\npublished_on = 2019-06-01\n'
    assert library("edit", "nice-on-hold", "--from", "-", given=added).code == 0
    shown = library("show", "nice-on-hold").out
    assert "personal, hides the one of: starter" in shown
    assert "can't be sent" not in shown


def test_a_change_keeps_the_rest_of_the_file(company: Path) -> None:
    assert library("--company", str(company), "verify", "ours", "--by", "Ada").code == 0
    text = (company / "sources.toml").read_text(encoding="utf-8")
    assert text.startswith("# kept as it is\n")
    assert 'checked_by = "Ada"' in text


def test_a_bad_draft_changes_nothing(company: Path) -> None:
    before = (company / "sources.toml").read_text(encoding="utf-8")
    ended = library("--company", str(company), "edit", "ours", "--from", "-", given=SOURCE.replace("figure", "figur"))
    assert ended.code == 1
    assert "line 6: there is no key `figur`" in ended.err
    assert (company / "sources.toml").read_text(encoding="utf-8") == before
    assert [path.name for path in company.iterdir()] == ["sources.toml"]


def test_search_and_why_explain_themselves() -> None:
    best = library("search", "putt on hold", "--json").lines[0]
    assert best["id"] == "nice-on-hold"
    why = library("why", "nice-on-hold", "on hold").out
    assert "nice-on-hold is number 1 of" in why
    assert "it can't be sent to a customer now" in why
    nothing = library("search", "qqqq")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "Nothing has these words.\n")


def test_import_shows_first_and_does_it_when_told(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("title,text\nHi,Hello\n", encoding="utf-8")
    dry = library("import", str(path))
    assert (dry.code, "Nothing was written yet" in dry.err) == (0, True)
    assert library("show", "hi").code == 1
    assert library("import", str(path), "--yes").code == 0
    assert library("show", "hi").code == 0
    path.write_text("titel,text\nHi,Hello\n", encoding="utf-8")
    assert "Did you mean `title`?" in library("import", str(path)).err
    path.write_text("kind,text\npoem,Hello\n", encoding="utf-8")
    assert library("import", str(path), "--yes").err == "There is nothing in it to add.\n"


def test_check_reads_links_but_not_private_ones(company: Path) -> None:
    ended = library("--company", str(company), "check", "--json")
    assert ended.code == 0
    (line,) = ended.lines
    assert (line["id"], line["state"], "private network" in line["says"]) == ("ours", "could not read", True)
    (company / "twice.toml").write_text(SOURCE, encoding="utf-8")
    assert library("--company", str(company), "check", "--offline").code == 1


@pytest.mark.parametrize("arguments", [["show", "nope"], ["verify", "nope"], ["edit", "nope"], ["export", "nope"]])
def test_an_id_that_is_not_there_is_said(arguments: list[str]) -> None:
    ended = library(*arguments)
    assert (ended.code, "There is no snippet `nope`" in ended.err) == (1, True)


def test_a_company_folder_that_is_not_there_is_said() -> None:
    ended = library("--company", "/nowhere/at/all", "list")
    assert (ended.code, "There is no folder" in ended.err) == (2, True)
