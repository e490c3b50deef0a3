"""Library files: what does not fit is named with file, line and key, and the rest still loads."""

import json
from datetime import date
from pathlib import Path

import pytest

from agent_tui.core.library.gate import snippet_findings
from agent_tui.model.gate import Policy, Verdict
from agent_tui.model.snippet import Canned, Layer, NamedAs, Scope, Source
from agent_tui.model.text import clean
from agent_tui.storage.library.folders import stamp, starter_folder
from agent_tui.storage.library.reading import ReadFile, read_file, read_words
from agent_tui.storage.library.records import LONGEST_TEXT
from agent_tui.storage.library.shelf import read_layers
from tests.hostile import HostileString, hostile_strings
from tests.library_files import TODAY

GOOD = '[[canned]]\nid = "good"\ntext.en = "Good day."\n'
DESIGN = """
[[testimonial]]
id = "umbra-support-hours"
revision = 3
title = "Umbra: two days a month back"
stages = ["mid", "closing"]
products = ["desk"]
objections = ["too expensive", "te duur"]
tags = ["logistics"]
speaker = { name = "M", role = "head of support", company = "Umbra" }
words.nl = "…exacte woorden…"
words.en = "…translation…"
translated = ["en"]
consent = { scope = "external", as = "full", given_on = 2026-03-02, evidence = "form", expires_on = 2028-03-02 }
relationship = ""
proof = "https://example.org/proof"

[[source]]
id = "tno-2025-first-reply"
revision = 1
title = "TNO 2025: first reply under a minute"
stages = ["awareness", "interest"]
claim.en = "…"
claim.nl = "…"
figure = "41%"
publisher = "TNO"
work = "…"
url = "https://example.org"
published_on = 2025-05-01
checked_on = 2026-11-01
check_every = "180d"

[[canned]]
id = "greet-nl"
revision = 1
text.nl = "Goedemiddag {{customer.name}}, waarmee kan ik u helpen?"
stages = []
"""


def read(tmp_path: Path, text: str) -> ReadFile:
    path = tmp_path / "team.toml"
    path.write_text(text, encoding="utf-8")
    return read_file(path)


def ids(found: ReadFile) -> list[str]:
    return [placed.snippet.id for placed in found.placed]


def test_the_file_of_the_design_loads(tmp_path: Path) -> None:
    found = read(tmp_path, DESIGN)
    assert found.problems == []
    said, source, canned = (placed.snippet for placed in found.placed)
    assert [placed.place.line for placed in found.placed] == [2, 18, 33]
    assert not isinstance(said, Canned | Source)
    assert said.texts[0].language == "nl"
    assert (said.consent.scope, said.consent.named_as) == (Scope.EXTERNAL, NamedAs.FULL)
    assert isinstance(source, Source)
    assert source.published_on == date(2025, 5, 1)
    assert canned.title == "Goedemiddag {{customer.name}}, waarmee kan ik u helpen?"


@pytest.mark.parametrize(
    ("record", "line", "says"),
    [
        ('[[canned]]\nid = "x"\ntxt.en = "a"', 3, "there is no key `txt` here. Did you mean `text`?"),
        ('[[canned]]\ntext.en = "a"', 1, "`id` is missing"),
        ('[[canned]]\nid = "x"', 1, "`text` is missing"),
        ('[[canned]]\nid = "Not Kebab"\ntext.en = "a"', 2, "an id is small letters"),
        ('[[canned]]\nid = "x"\ntext = "a"', 3, "a text for each language"),
        ('[[canned]]\nid = "x"\ntext.english = "a"', 3, "`english` is not a language"),
        ('[[canned]]\nid = "x"\ntext.en = " "', 3, "a language without a text"),
        ('[[canned]]\nid = "x"\ntext.en = "a"\nstages = ["closng"]', 4, "Did you mean `closing`?"),
        ('[[canned]]\nid = "x"\ntext.en = "a"\nrevision = 0', 4, "a whole number from 1 on"),
        ('[[canned]]\nid = "x"\ntext.en = "a"\ntags = "a"', 4, "is a list of at most"),
        ('[[source]]\nid = "x"\ntitle = "t"\nclaim.en = "a"\nurl = "ftp://e.org"', 5, "is no web address"),
        ('[[source]]\nid = "x"\ntitle = "t"\nclaim.en = "a"\nurl = "javascript:alert(1)"', 5, "is no web address"),
        ('[[source]]\nid = "x"\ntitle = "t"\nclaim.en = "a"\nurl = "mailto:a@e.org"', 5, "needs a web address"),
        ('[[source]]\nid = "x"\ntitle = "t"\nclaim.en = "a"\npublished_on = "2025"', 5, "a date without quotation"),
        ('[[source]]\nid = "x"\ntitle = "t"\nclaim.en = "a"\ncheck_every = "often"', 5, "a number of days or weeks"),
        (
            '[[testimonial]]\nid = "x"\ntitle = "t"\nwords.en = "a"\nconsent = { scop = "x" }',
            5,
            "Did you mean `scope`?",
        ),
        (
            '[[testimonial]]\nid = "x"\ntitle = "t"\nwords.en = "a"\nconsent = { scope = "all" }',
            5,
            "is not one of them",
        ),
        ('[[testimonial]]\nid = "x"\ntitle = "t"\nwords.en = "a"\nconsent = true', 5, "`consent` is a table"),
        ('[[canned]]\nid = "x"\ntext.en = "a', 3, "not valid TOML"),
        ('[[canned]]\nid = "x"\nid = "y"', 3, "not valid TOML"),
        ('[[cannned]]\nid = "x"', 1, "Did you mean `canned`?"),
        ('[canned]\nid = "x"', 1, "with two brackets"),
    ],
)
def test_a_record_that_does_not_fit_is_named_and_the_rest_loads(
    tmp_path: Path, record: str, line: int, says: str
) -> None:
    found = read(tmp_path, f"{record}\n")
    assert ids(found) == []
    alone = found.problems[0]
    assert says in alone.sentence
    assert f"team.toml, line {line}: " in alone.sentence
    if record.startswith("[["):
        both = read(tmp_path, f"{GOOD}\n{record}\n\n{GOOD.replace('good', 'better')}")
        assert ids(both) == ["good", "better"]
        assert f"team.toml, line {line + 4}: " in both.problems[0].sentence


def test_a_body_of_a_megabyte_is_refused_whole_never_cut(tmp_path: Path) -> None:
    found = read(tmp_path, f'{GOOD}[[canned]]\nid = "huge"\ntext.en = "{"a" * 1_048_576}"\n')
    assert ids(found) == ["good"]
    assert "has 1,048,576 characters; at most 8,000 fit" in found.problems[0].sentence
    assert ids(read(tmp_path, f'[[canned]]\nid = "long"\ntext.en = "{"a" * LONGEST_TEXT}"\n')) == ["long"]


@pytest.mark.parametrize("string", hostile_strings(), ids=str)
def test_hostile_strings_in_every_field_come_in_clean(tmp_path: Path, string: HostileString) -> None:
    text = string.text.encode("utf-8", "replace").decode()[:200].strip() or "x"
    literal = json.dumps(text, ensure_ascii=True).replace("\\ud", "\\\\ud").replace("\x7f", "\\u007f")
    if "\\\\ud" in literal:
        literal = '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'
    lines = [f"{key} = {literal}" for key in ("title", "figure", "publisher", "work", "second_hand", "checked_by")]
    lines += [f"{key} = [{literal}]" for key in ("tags", "products", "objections")]
    found = read(tmp_path, "\n".join(['[[source]]\nid = "x"', f"claim.en = {literal}", *lines]))
    assert ids(found) == ["x"], found.problems
    source = found.placed[0].snippet
    assert isinstance(source, Source)
    one_line = clean(text, multiline=False)
    assert source.texts[0].text == clean(text)
    assert {source.title, source.figure, source.publisher, source.work, source.checked_by, *source.tags} == {one_line}
    for problem in found.problems:
        assert "nothing fills" in problem.sentence


@pytest.mark.parametrize("key", ["id", "url", "revision", "published_on", "check_every", "stages"])
def test_a_hostile_value_where_a_form_is_asked_for_is_refused(tmp_path: Path, key: str) -> None:
    found = read(
        tmp_path,
        f'[[source]]\nid = "x"\ntitle = "t"\nclaim.en = "a"\n{key} = "\\u001b[2J[/]"'.replace(
            'id = "x"\n', "" if key == "id" else 'id = "x"\n'
        ),
    )
    assert ids(found) == []
    assert "\x1b" not in clean(found.problems[0].sentence)


@pytest.mark.parametrize("raw", [b"\xff\xfe[[canned]]", b"[[canned]]\nid = 'a\x00b'", b"\x00" * 100, b"=", b"[[["])
def test_a_file_of_rubbish_is_named(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "rubbish.toml"
    path.write_bytes(raw)
    found = read_file(path)
    assert found.placed == []
    assert "rubbish.toml, line" in found.problems[0].sentence


def test_a_field_that_nothing_fills_is_pointed_at(tmp_path: Path) -> None:
    found = read(tmp_path, '[[canned]]\nid = "loop"\ntext.en = "Hi {{custmer.name}} {{loop}}"\n')
    assert ids(found) == ["loop"]
    assert "line 3: nothing fills the field `custmer.name`" in found.problems[0].sentence
    assert "`customer.name`" in found.problems[0].sentence
    assert "`loop`" in found.problems[1].sentence


def test_the_same_id_twice_in_two_files_and_a_date_in_the_future(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.toml").write_text(
        f'\n{GOOD}[[source]]\nid = "s"\ntitle = "t"\nclaim.en = "c"\nchecked_on = 2099-01-01\n'
    )
    library, _ = read_layers({Layer.TEAM: tmp_path}, TODAY)
    said = "\n".join(problem.sentence for problem in library.problems)
    assert library.kept == {}
    assert "a.toml, line 1" in said
    assert "b.toml, line 2" in said
    assert "in the future" in said


def test_words_of_a_team_are_read_and_a_wrong_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text('together = [["fridge", "cooler"]]\n')
    table, _ = read_words(path)
    assert table is not None
    assert table.together == (("fridge", "cooler"),)
    path.write_text('\ntogehter = [["fridge", "cooler"]]\n')
    table, problems = read_words(path)
    assert table is None
    assert "words.toml, line 2" in problems[0].sentence
    assert "`together`" in problems[0].sentence


def test_hidden_folders_hold_no_library_and_changes_are_seen(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.toml").write_text(GOOD)
    folders = {Layer.TEAM: tmp_path, Layer.COMPANY: tmp_path / "not there"}
    before = stamp(folders)
    assert before == ()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.toml").write_text(GOOD)
    assert stamp(folders) != before


def test_the_starter_pack_loads_and_none_of_it_can_be_sent() -> None:
    library, _ = read_layers({Layer.STARTER: starter_folder()}, TODAY)
    assert library.problems == ()
    assert len(library.kept) >= 20
    for kept in library.kept.values():
        assert isinstance(kept.snippet, Source)
        assert kept.snippet.second_hand
        assert {wording.language for wording in kept.snippet.texts} == {"en", "nl"}
        refusals = [each for each in snippet_findings(kept.snippet, Policy(), TODAY) if each.verdict is Verdict.REFUSE]
        assert "no link and no date. It is second-hand." in refusals[0].sentence
