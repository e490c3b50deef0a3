"""What the console knows of the team's library beside the shelf: what is newer than it, how old it is, what it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from msgspec.structs import replace

from agent_tui.core.library.layers import Kept
from agent_tui.model.gate import Policy
from agent_tui.model.snippet import Layer, Placed, without_consent
from agent_tui.model.text import SafeText
from agent_tui.model.uses import UseCount, Uses
from agent_tui.model.words import Stage
from agent_tui.ports.library import TeamPage

_NONE: Final = Uses()


@dataclass(slots=True)
class TeamHeld:
    """The team's library as far as it is known here. Mutable, changed by `core.reduce` alone."""

    version: str = ""
    """Of what is held here; empty: nothing ever came."""
    told: str = ""
    """The version that the backend has, as it said on this connection; empty while there is none."""
    heard_ms: int = 0
    """When what is held was last what the backend has."""
    policy: Policy = field(default_factory=Policy)
    withdrawn: Mapping[str, date] = field(default_factory=dict)
    """Whose consent was withdrawn at the backend, in whatever layer they are."""
    problems: tuple[SafeText, ...] = ()
    """What of the team's files did not load, a sentence each."""
    newer: dict[str, Placed | None] = field(default_factory=dict)
    """Records that came in this run of the console; None: gone. The shelf may be older for a moment."""
    whole: bool = False
    """`newer` has all of the team's records."""
    has_counts: bool = False
    counts: dict[Stage, dict[str, Uses]] = field(default_factory=dict)

    @property
    def confirmed(self) -> bool:
        """What is held is what the backend has, as of now."""
        return bool(self.told) and self.told == self.version

    def now_of(self, kept: Kept) -> Kept | None:
        """A snippet of the shelf as it is now, consent withdrawn meanwhile included; None: its record is gone."""
        if kept.layer is Layer.TEAM:
            newer = self.newer.get(kept.snippet.id)
            if newer is not None:
                kept = Kept(newer.snippet, kept.layer, newer.place, kept.hides)
            elif self.whole or kept.snippet.id in self.newer:
                return None
        day = self.withdrawn.get(kept.snippet.id)
        return kept if day is None else replace(kept, snippet=without_consent(kept.snippet, day))

    def uses(self, identifier: str, stage: Stage | None = None) -> Uses:
        """What became of a snippet in a stage, or in all of them."""
        if stage is not None:
            return self.counts.get(stage, {}).get(identifier, _NONE)
        found = [by_id[identifier] for by_id in self.counts.values() if identifier in by_id]
        return Uses(
            sum(uses.used for uses in found),
            sum(uses.answered for uses in found),
            sum(uses.went_before for uses in found),
        )

    def stage_uses(self, stage: Stage | None) -> Mapping[str, Uses]:
        """Of all snippets in one stage."""
        return self.counts.get(stage, {}) if stage else {}

    def average(self, stage: Stage | None) -> float:
        """The share of all uses in a stage that went before a call or a sale."""
        all_of_it = self.stage_uses(stage).values()
        used = sum(uses.used for uses in all_of_it)
        return sum(uses.went_before for uses in all_of_it) / used if used else 0.0

    def lost(self, heard_ms: int) -> None:
        """The connection ended; until `heard_ms` it was alive."""
        if self.confirmed:
            self.heard_ms = max(self.heard_ms, heard_ms)
        self.told = ""

    def take(self, page: TeamPage, *, first: bool) -> None:
        """A page came. What it says of the whole counts at its end: until then the older version is held."""
        if first and page.whole:
            self.newer.clear()
        self.newer.update((placed.snippet.id, placed) for placed in page.placed)
        self.newer.update((identifier, None) for identifier in page.gone)
        # these are never older than what was known, and stop a send at once
        self.withdrawn, self.policy = dict(page.withdrawn), page.policy
        if page.next:
            return
        self.whole = self.whole or page.whole
        self.version, self.problems = page.version, page.problems

    def take_counts(self, counts: tuple[UseCount, ...]) -> None:
        """The counts as of now."""
        self.has_counts = True
        self.counts = {}
        for count in counts:
            self.counts.setdefault(count.stage, {})[count.snippet] = count.uses
