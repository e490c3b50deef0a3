"""The gate at Enter: the message, the library as it is at this moment, and how sure we are of that."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

import msgspec
from msgspec import Struct

from agent_tui.core.library.gate import Finding, Inserted, Passage, pass_gate
from agent_tui.core.library.layers import Kept, Library
from agent_tui.core.library.quotations import Quotations
from agent_tui.core.library.team import TeamHeld
from agent_tui.core.library.wording import day_in
from agent_tui.model.gate import Verdict
from agent_tui.model.proof import Proof
from agent_tui.model.snippet import Layer, Place, Testimonial

NOT_CHECKABLE: Final = "consent not checkable"
GONE: Final = "gone"
NOT_READ: Final = "library not read"


class Shelved(Struct, frozen=True):
    """The library that was read last, and the testimonials in it."""

    library: Library
    known: Quotations


def weigh(
    body: str, proof: Iterable[Proof], shelved: Shelved | None, team: TeamHeld, language: str, today: date
) -> Passage:
    """What the gate says of a public message now. `shelved` None: the library was not read yet."""
    stretches = {each.snippet: each for each in proof}
    if shelved is None:
        passage = pass_gate(body, (), Quotations(), team.policy, today, language)
        return msgspec.structs.replace(passage, findings=(*map(_not_read, stretches.values()), *passage.findings))
    found = {identifier: _now(identifier, shelved.library, team) for identifier in stretches}
    inserted = [Inserted(kept.snippet, stretches[name].language) for name, kept in found.items() if kept is not None]
    passage = pass_gate(body, inserted, shelved.known, team.policy, today, language, lambda heard: _as_now(heard, team))
    more = [_gone(stretches[name]) for name, kept in found.items() if kept is None]
    more += _unsure(passage, shelved.library, team)
    return msgspec.structs.replace(passage, findings=(*more, *passage.findings))


def _now(identifier: str, library: Library, team: TeamHeld) -> Kept | None:
    kept = library.kept.get(identifier)
    if kept is not None:
        return team.now_of(kept)
    newer = team.newer.get(identifier)
    return team.now_of(Kept(newer.snippet, Layer.TEAM, newer.place)) if newer is not None else None


def _as_now(heard: Testimonial, team: TeamHeld) -> Testimonial:
    """The strictest that is known: a record that came meanwhile, and whatever was withdrawn."""
    newer = team.newer.get(heard.id)
    if newer is not None and isinstance(newer.snippet, Testimonial):
        heard = newer.snippet
    kept = team.now_of(Kept(heard, Layer.PERSONAL, _NOWHERE))
    return kept.snippet if kept is not None and isinstance(kept.snippet, Testimonial) else heard


def _unsure(passage: Passage, library: Library, team: TeamHeld) -> Iterator[Finding]:
    """A team's testimonial whose consent can't be looked at now."""
    if team.confirmed:
        return
    for used in passage.used:
        kept = library.kept.get(used.snippet.id)
        of_the_team = (kept is not None and kept.layer is Layer.TEAM) or (used.snippet.id, Layer.TEAM) in library.hidden
        if of_the_team and isinstance(used.snippet, Testimonial):
            sentence = f"“{used.snippet.title}” {_MOVING if team.told else _OFFLINE.format(_age(team.heard_ms))}"
            yield Finding(NOT_CHECKABLE, Verdict.REFUSE, sentence, used.snippet.id)


_MOVING: Final = "can't be sent this moment: the team's library has just changed. Press Enter again."
_OFFLINE: Final = (
    "can't be sent while its consent can't be checked: the team's library here is {}. Send it once you are connected,"
    " or take it out."
)


def _age(heard_ms: int) -> str:
    if not heard_ms:
        return "of unknown age"
    heard = datetime.fromtimestamp(heard_ms / 1000)
    return f"from {day_in(heard.date(), 'en')}, {heard:%H:%M}"


def _gone(proof: Proof) -> Finding:
    sentence = f"`{proof.snippet}` is not in the library any more: take its words out, or ask who removed it."
    return Finding(GONE, Verdict.REFUSE, sentence, proof.snippet, proof.start, proof.end)


def _not_read(proof: Proof) -> Finding:
    sentence = "The library is still being read: your text is kept, press Enter again in a moment."
    return Finding(NOT_READ, Verdict.REFUSE, sentence, proof.snippet)


_NOWHERE: Final = Place("", 0)
