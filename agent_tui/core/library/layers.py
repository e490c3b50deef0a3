"""Layers of a library: the nearer hides the farther, and shows that it does."""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from agent_tui.model.snippet import AnySnippet, Layer, Place, Placed, Problem

NEAREST_FIRST: Final = tuple(Layer)


class Kept(Struct, frozen=True):
    """A snippet in force. `hides`: the farther layers that have the same id."""

    snippet: AnySnippet
    layer: Layer
    place: Place
    hides: tuple[Layer, ...] = ()


class Library(Struct, frozen=True):
    """All layers as one. `hidden` are those that a nearer layer hides, by id and layer."""

    kept: Mapping[str, Kept]
    problems: tuple[Problem, ...] = ()
    hidden: Mapping[tuple[str, Layer], Kept] = {}

    def of(self, identifier: str) -> AnySnippet | None:
        """The snippet in force with this id."""
        found = self.kept.get(identifier)
        return found.snippet if found else None


def merge(layers: Mapping[Layer, Iterable[Placed]], problems: Iterable[Problem] = ()) -> Library:
    """One library of several layers. The same id twice in one layer: neither counts, and both places are named."""
    kept: dict[str, Kept] = {}
    hidden: dict[tuple[str, Layer], Kept] = {}
    found = list(problems)
    for layer in NEAREST_FIRST:
        here, doubles = _without_doubles(layers.get(layer, ()))
        found.extend(doubles)
        for placed in here:
            identifier = placed.snippet.id
            nearer = kept.get(identifier)
            if nearer is None:
                kept[identifier] = Kept(placed.snippet, layer, placed.place)
            else:
                kept[identifier] = Kept(nearer.snippet, nearer.layer, nearer.place, (*nearer.hides, layer))
                hidden[identifier, layer] = Kept(placed.snippet, layer, placed.place)
    return Library(kept, tuple(found), hidden)


def _without_doubles(placed: Iterable[Placed]) -> tuple[list[Placed], list[Problem]]:
    by_id: dict[str, list[Placed]] = {}
    for each in placed:
        by_id.setdefault(each.snippet.id, []).append(each)
    single = [same[0] for same in by_id.values() if len(same) == 1]
    doubles = [_double(identifier, same) for identifier, same in by_id.items() if len(same) > 1]
    return single, doubles


def _double(identifier: str, same: list[Placed]) -> Problem:
    places = " and ".join(f"{each.place.file}, line {each.place.line}" for each in same)
    return Problem(
        same[-1].place,
        f"The id `{identifier}` is used {len(same)} times in one layer: {places}. None of them is loaded: "
        "give all but one another id.",
    )
