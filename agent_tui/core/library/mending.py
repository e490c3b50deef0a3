"""What an author chose about a finding of the gate, done to the text: restored, or marks and name dropped."""

import re
from typing import Final

from agent_tui.core.library.gate import Choice, Finding
from agent_tui.core.library.quotations import closest
from agent_tui.core.library.wording import source_in_words, speaker_in_words, tongue
from agent_tui.model.snippet import AnySnippet, Canned, Source, Testimonial

_MARKS: Final = '“”„"«»'
_EMPTY_BRACKETS: Final = re.compile(r" ?\([\s,;]*\)")
_SPACES: Final = re.compile(r"[ \t]{2,}")


def mended(body: str, finding: Finding, choice: Choice, snippet: AnySnippet, language: str) -> str:
    """The text after that choice. It is looked at again when it is sent: nothing is promised of it here."""
    return (_restored if choice is Choice.RESTORE else _dropped)(body, finding, snippet, language)


def _restored(body: str, finding: Finding, snippet: AnySnippet, language: str) -> str:
    text = snippet.text_in(language).text
    where = (finding.start, finding.end) if finding.end else closest(body, text)
    if where is None:
        return body
    start, end = where
    # the full stop of the exact words is not put before one that stands there already
    return f"{body[:start]}{text}{body[end:].removeprefix(text[-1]) if text[-1] in '.!?' else body[end:]}"


def _dropped(body: str, finding: Finding, snippet: AnySnippet, language: str) -> str:
    words = snippet.text_in(language).language
    match snippet:
        case Testimonial():
            speaker = snippet.speaker
            body = _without_marks(body, finding.start, finding.end)
            body = body.replace(f" — {speaker_in_words(snippet, words)}", "")
            for name in (speaker.name, speaker.company):
                body = _replaced(body, name, tongue(words).a_customer)
        case Source():
            body = body.replace(f" ({source_in_words(snippet, words)})", "")
            for name in (snippet.url, snippet.publisher):
                body = _replaced(body, name, "")
            body = _SPACES.sub(" ", _EMPTY_BRACKETS.sub("", body)).strip()
        case Canned():
            pass
    return body


def _without_marks(body: str, start: int, end: int) -> str:
    if not end:
        return body
    before, after = body[:start], body[end:]
    if before[-1:] in _MARKS:
        before = before[:-1]
    if after[:1] in _MARKS:
        after = after[1:]
    return f"{before}{body[start:end]}{after}"


def _replaced(body: str, name: str, by: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: by, body, flags=re.IGNORECASE) if name else body
