"""Phrases as a team writes them, and what they find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.core.library.folding import words_of
from agent_tui.core.signals.phrases import BadPhrase, Phrases, Sentence, parse


def found(phrase: str, sentence: str) -> list[str]:
    words = words_of(sentence)
    return [each.words for each in Phrases({"x": [phrase]}).find(Sentence(words, sentence.split()))]


@pytest.mark.parametrize(
    ("phrase", "sentence", "words"),
    [
        ("call|phone me", "do PHONE me", ["phone me"]),
        ("call me right? now", "call me now", ["call me now"]),
        ("call me right? now", "call me right now", ["call me right now"]),
        ("bel .. terug", "bel ons morgen even terug", ["bel … terug"]),
        ("bel .. terug", "bel ons morgen vroeg even terug", []),
        ("bel .. terug", "bel terug", ["bel terug"]),
        ("bel me <end>", "bel me", ["bel me"]),
        ("bel me <end>", "bel me niet", []),
        ("call me <name>", "call me Jane", ["call me …"]),
        ("call me <name>", "call me JANE", []),
        ("call me <name>", "call me back", []),
        ("can't take it", "I cant take it", ["can't take it"]),
    ],
)
def test_a_phrase_is_found_in_a_sentence(phrase: str, sentence: str, words: list[str]) -> None:
    assert found(phrase, sentence) == words


@pytest.mark.parametrize(
    "phrase", ["", "  ", "?", "|", "a| b", ".. call me", "please? call me", "call ..", "call <who>", "a-b"]
)
def test_a_phrase_that_says_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(BadPhrase):
        parse(phrase)


@given(st.text(max_size=60))
def test_what_is_told_holds_words_of_the_rules_only(text: str) -> None:
    words = words_of(f"call {text} me {text}")
    for each in Phrases({"x": ["call .. me", "call|me <name>"]}).find(Sentence(words, words)):
        assert set(each.words.split()) <= {"call", "me", "…"}
