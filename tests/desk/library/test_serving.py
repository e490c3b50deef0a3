"""The library as consoles get it: whole in pages, or what changed since the version they have."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from agent_tui.core.library.layers import Kept
from agent_tui.desk.library.serving import PAGE, STEPS, Contents, Serving, digest
from agent_tui.model.snippet import AnySnippet, Layer, Place
from agent_tui.model.text import SafeText
from agent_tui.protocol.errors import Code, Refusal
from tests.library_files import canned, said_by_umbra

HOME = Path("/home/desk")


def contents(snippets: Iterable[AnySnippet], **more: object) -> Contents:
    place = Place(f"{HOME}/library/proof.toml", 2)
    kept = {each.id: Kept(each, Layer.TEAM, place) for each in snippets}
    return Contents(kept, {name: digest(each) for name, each in kept.items()}, **more)  # type: ignore[arg-type]


def many(number: int) -> list[AnySnippet]:
    return [canned(f"Reply {place}", f"reply-{place}") for place in range(number)]


def read(serving: Serving, have: str = "") -> tuple[list[str], list[str], bool]:
    """Ids, gone ones, and whether all was given."""
    found: list[str] = []
    after, gone = "", []
    while True:
        page = serving.page(have, after)
        found += [placed.snippet.id for placed in page.snippets]
        gone += page.gone
        if not page.next:
            return found, gone, page.whole
        after = page.next


def test_all_of_it_comes_in_pages_and_files_are_named_as_in_the_desks_folder() -> None:
    serving = Serving(HOME)
    serving.offer(contents(many(2 * PAGE + 1)))
    assert read(serving) == ([f"reply-{place}" for place in range(2 * PAGE + 1)], [], True)
    assert serving.page("", "").snippets[0].file == "library/proof.toml"


def test_large_texts_make_shorter_pages() -> None:
    serving = Serving(HOME)
    long = [canned("x" * 8_000, f"long-{place}") for place in range(60)]
    serving.offer(contents(long))
    assert 20 < len(serving.page("", "").snippets) < 40
    assert read(serving)[0] == [each.id for each in long]


def test_who_has_a_version_gets_what_changed() -> None:
    serving = Serving(HOME)
    serving.offer(contents([said_by_umbra(), *many(3)]))
    first = serving.version
    assert read(serving, first) == ([], [], False)
    changed = msgspec.structs.replace(said_by_umbra(), title=SafeText("Other"))
    serving.offer(contents([changed, *many(2)]))
    serving.offer(contents([changed, *many(2), canned("Hi")]))
    assert read(serving, first) == (["greet", "umbra-days"], ["reply-2"], False)
    assert read(serving, "of another desk")[2]


def test_the_version_is_of_what_there_is_and_survives_a_restart() -> None:
    one, other = Serving(HOME), Serving(HOME)
    assert (one.version, one.offer(contents(many(3))), one.offer(contents(many(3)))) == ("", True, False)
    other.offer(contents(many(3)))
    assert one.version == other.version
    one.offer(contents(many(3), withdrawn={"reply-1": date(2026, 11, 20)}))
    assert one.version != other.version
    assert one.page(other.version, "").withdrawn == {"reply-1": date(2026, 11, 20)}


def test_too_far_back_or_too_much_is_read_whole() -> None:
    serving = Serving(HOME)
    serving.offer(contents(many(1)))
    first = serving.version
    serving.offer(contents(many(PAGE + 2)))
    assert read(serving, first)[2]
    for number in range(STEPS + 1):
        serving.offer(contents(many(number + 2)))
    assert read(serving, first)[2]


@pytest.mark.parametrize(
    "after", ["x", "0123456789abcdef.5", "{version}.-1", "{version}.", "{version}.٣", "{version}.9999999999"]
)
def test_a_place_that_is_none_is_refused(after: str) -> None:
    serving = Serving(HOME)
    serving.offer(contents(many(3)))
    with pytest.raises(Refusal) as refused:
        serving.page("", after.format(version=serving.version))
    assert refused.value.answer.code is Code.WRONG_STATE
