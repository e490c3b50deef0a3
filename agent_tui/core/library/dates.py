"""Dates that can't be: what was checked, published or agreed to tomorrow."""

from collections.abc import Iterable, Iterator
from datetime import date

from agent_tui.model.snippet import AnySnippet, Placed, Problem, Source, Testimonial


def without_future(placed: Iterable[Placed], today: date, problems: list[Problem]) -> Iterator[Placed]:
    """Those without a date in the future that can't be there; the others are named in `problems`.

    A day's slack: the file may have been written where it is tomorrow already.
    """
    for each in placed:
        wrong = [(key, day) for key, day in _past_dates(each.snippet) if day is not None and (day - today).days > 1]
        if wrong:
            key, day = wrong[0]
            at = f"{each.place.file}, line {each.place.line}"
            sentence = (
                f"{at}: `{key}` of {each.snippet.kind.value} `{each.snippet.id}` is {day}, which is in the future. "
                "It is not loaded: correct the date."
            )
            problems.append(Problem(each.place, sentence))
        else:
            yield each


def _past_dates(snippet: AnySnippet) -> Iterator[tuple[str, date | None]]:
    yield "checked_on", snippet.checked_on
    match snippet:
        case Source():
            yield "published_on", snippet.published_on
        case Testimonial():
            yield "given_on", snippet.consent.given_on
