"""What a change leaves of a library's file: comments, order and whatever was not changed."""

from pathlib import Path

import msgspec

from agent_tui.model.text import SafeText
from agent_tui.storage.library.reading import read_file
from agent_tui.storage.library.writing import replace_snippet

FILE = """\
# Ours, since 2024.
[[testimonial]]
id = "umbra-days"        # never used for another
revision = 3
title = "Umbra: two days"
words.nl = "Twee dagen"  # the original
words.en = "Two days"    # ours
translated = ["en"]      # shown as a translation
relationship = ""        # none
consent = { scope = "external", as = "full", given_on = 2026-03-02, evidence = "mail" }
typical = true           # most get this
checked_on = 2026-11-01
check_every = "90d"      # they grow

[[canned]]
id = "hi"
text.en = "Hello"
"""


def test_only_what_changed_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(FILE, encoding="utf-8")
    said = read_file(path).placed[0].snippet
    texts = (said.texts[0], msgspec.structs.replace(said.texts[1], text=SafeText("Two whole days")))
    replace_snippet(path, msgspec.structs.replace(said, revision=4, texts=texts))
    after = FILE.replace("revision = 3", "revision = 4").replace('"Two days"    #', '"Two whole days"    #')
    assert path.read_text(encoding="utf-8") == after


def test_what_a_change_takes_away_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(FILE.replace("typical = true ", "typical = false"), encoding="utf-8")
    said = read_file(path).placed[0].snippet
    changed = msgspec.structs.replace(said, typical=True, texts=said.texts[:1], translated=())
    replace_snippet(path, changed)
    assert read_file(path).placed[0].snippet == changed
    assert "words.en" not in path.read_text(encoding="utf-8")
