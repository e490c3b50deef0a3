"""Proof for the shown chat: the picker, the three best of its stage, and what goes into the composer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from agent_tui.core import select
from agent_tui.core.library.filling import fill
from agent_tui.core.library.gate import snippet_findings
from agent_tui.core.library.situation import field_values, language_of, said_last, situation_of
from agent_tui.core.library.wording import as_sent
from agent_tui.model.ids import ConversationRef
from agent_tui.model.snippet import SnippetKind
from agent_tui.model.words import EntryKind, Stage
from agent_tui.ports.capabilities import Capability, can
from agent_tui.ui import proof_words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.proof_actions import KINDS
from agent_tui.ui.proof_search import ProofSearch
from agent_tui.ui.proof_words import Offer
from agent_tui.ui.screens.picker import SLASH, Kinds, Picker
from agent_tui.ui.screens.question import Answer, Question

if TYPE_CHECKING:
    from agent_tui.core.library.ranking import Ranked, Situation
    from agent_tui.runtime.account import Account
    from agent_tui.runtime.shelving import Shelving
    from agent_tui.ui.screens.console import ConsoleScreen

BEST: Final = 3
PROOF: Final = (SnippetKind.TESTIMONIAL, SnippetKind.SOURCE)
NOTHING_FITS: Final = "Nothing of that kind has these words."
EMPTY: Final = "Nothing of that kind is in the library yet: `agent-tui library add` puts something in."


class Proving:
    """Holds the searches under way and their answers, nothing of the domain."""

    def __init__(self, console: ConsoleScreen, account: Account, library: Shelving) -> None:
        self._console = console
        self._account = account
        self._library = library
        self._search: ProofSearch | None = None
        self._picker: Picker | None = None
        self._best_search: ProofSearch | None = None
        self._best_for: tuple[object, ...] = ()
        self.best: tuple[Offer, ...] = ()
        """Of proof that may be sent, for the stage of the shown chat."""
        library.listen(self._library_changed)

    @property
    def today(self) -> date:
        """The agent's day."""
        return (
            datetime.fromtimestamp(self._console.options.clock() / 1000, UTC)
            .astimezone(self._console.options.zone)
            .date()
        )

    # --- the picker ---

    def open(self, ref: ConversationRef, kinds: Kinds, *, slash: bool = False) -> None:
        """Ask which snippets go into this chat's composer."""
        console = self._console
        known = ((key, shown) for action, shown in KINDS.items() for key in console.keys.keys(action))
        keys = {key: shown for key, shown in known if " " not in key and key != "slash"}
        note = console.chat.composer.draft.kind is EntryKind.NOTE
        state = self._account.state
        record = state.conversations.get(ref)
        said = said_last(state, ref)
        about = proof_words.ranked_for(record, select.stage_words(record), said) if record else plain("")
        picker = self._picker = Picker(
            about, self._beware, kinds, self._look, keys, self._fresh, slash=slash, note=note
        )

        def chosen(offers: tuple[Offer, ...] | str | None) -> None:
            self._picker = None
            if self._search is not None:
                self._search.close()
                self._search = None
            if offers == SLASH:
                console.chat.composer.insert(SLASH)
            elif offers is not None and not isinstance(offers, str):
                self.insert(ref, offers)

        if self._library.shelf is None:
            self._library.wake()
        console.app.push_screen(picker, chosen)

    def _look(self, picker: Picker) -> None:
        ref, shelf = self._console.tabs.shown, self._library.shelf
        if ref is None or shelf is None:
            return
        if self._search is None or self._search.kinds != picker.kinds:
            if self._search is not None:
                self._search.close()
            now = self._situation(ref)
            self._search = ProofSearch(
                shelf, now, picker.kinds, lambda query, found: self._found(ref, picker, query, found)
            )
        self._search.ask(picker.text)

    def _found(self, ref: ConversationRef, picker: Picker, query: str, found: Sequence[Ranked]) -> None:
        if picker is self._picker:
            picker.found(self._offers(ref, found), NOTHING_FITS if query.strip() else EMPTY)

    def _beware(self) -> str:
        """What is not as it should be with the library."""
        team, shelf = self._account.state.library, self._library.shelf
        said = []
        if not team.confirmed and can(self._account.capabilities, Capability.TEAM_LIBRARY):
            heard = datetime.fromtimestamp(team.heard_ms / 1000, UTC).astimezone(self._console.options.zone)
            age = f"as of {heard:%d %b %H:%M}" if team.heard_ms else "not here yet"
            said.append(f"The team's library is {age}: its testimonials can't be sent until the desk answers.")
        if self._library.trouble:
            kept = "what was read before is here" if shelf else "nothing of it is here"
            said.append(f"The library could not be read, {kept}: {self._library.trouble}.")
        wrong = len(shelf.library.problems) if shelf else 0
        if wrong:
            records = "one record" if wrong == 1 else f"{wrong} records"
            said.append(f"{records} did not load: `agent-tui library list` says which.".capitalize())
        return " ".join(said)

    def _fresh(self, offer: Offer) -> str:
        return proof_words.fresh(offer, self.today)

    # --- the three best ---

    def insert_numbered(self, ref: ConversationRef) -> None:
        """Ask which of the three best, by its number: one more key after the leader's two, for 1 to 9 are tabs."""
        if not self.best:
            first = self._console.keys.shown("proof.testimonials")
            self._console.say(f"Nothing in the library is for this stage; {first} searches in all of it.")
            return
        answers = [
            Answer(str(number), proof_words.title(offer), offer, plain(proof_words.short(offer), "$muted"))
            for number, offer in enumerate(self.best, start=1)
        ]
        question = Question(plain("Put which proof into the reply?", "bold"), answers)
        self._console.app.push_screen(question, lambda offer: self.insert(ref, (offer,)) if offer else None)

    def refresh(self) -> None:
        """The shown chat, its stage, the customer's words or the library may be others now."""
        ref, shelf = self._console.tabs.shown, self._library.shelf
        if ref is None or shelf is None:
            self._best_for, self.best = (), ()
            return
        now = self._situation(ref)
        # what it did in this stage is compared too: the numbers beside the chat are those of now
        key = (ref, shelf.stamp, now, self._account.state.library.version)
        if key == self._best_for:
            return
        if self._best_for[:1] != key[:1]:
            self.best = ()
        self._best_for = key
        if self._best_search is not None:
            self._best_search.close()
        self._best_search = ProofSearch(shelf, now, PROOF, lambda _, found: self._best_found(ref, found))
        self._best_search.ask("")

    def _best_found(self, ref: ConversationRef, found: Sequence[Ranked]) -> None:
        record = self._account.state.conversations.get(ref)
        offers = (offer for offer in self._offers(ref, found) if not offer.blocked)
        self.best = tuple(offer for offer in offers if record and _fits(offer, record.stage))[:BEST]
        self._console.card.redraw()

    # --- both ---

    def insert(self, ref: ConversationRef, offers: Sequence[Offer]) -> None:
        """Put them at the cursor of this chat's composer, one after the other."""
        composer = self._console.chat.composer
        if composer.ref != ref:
            return
        for offer in offers:
            snippet = offer.kept.snippet
            composer.insert_snippet(offer.filled, snippet.id, snippet.revision, offer.language)
        composer.focus_text()

    def _situation(self, ref: ConversationRef) -> Situation:
        return situation_of(self._account.state, ref, self.today)

    def _offers(self, ref: ConversationRef, found: Sequence[Ranked]) -> list[Offer]:
        offers = (self._offer(ref, ranked) for ranked in found)
        return [offer for offer in offers if offer is not None]

    def _offer(self, ref: ConversationRef, ranked: Ranked) -> Offer | None:
        """A snippet as it is now; None where its record is gone since the shelf was read."""
        state, today = self._account.state, self.today
        kept = state.library.now_of(ranked.kept)
        if kept is None:
            return None
        wording = kept.snippet.text_in(language_of(state.conversations.get(ref)))
        values = field_values(state, ref, today, wording.language)
        uses = state.library.uses(kept.snippet.id) if state.library.has_counts else None
        return Offer(
            kept,
            ranked.parts,
            snippet_findings(kept.snippet, state.library.policy, today),
            uses,
            fill(as_sent(kept.snippet, wording.language), values),
            wording.language,
        )

    def _library_changed(self) -> None:
        """Another library is in force."""
        if self._search is not None:
            self._search.close()
            self._search = None
        if self._picker is not None and self._picker.is_attached:
            self._look(self._picker)
        self.refresh()


def _fits(offer: Offer, stage: Stage) -> bool:
    """Proof for another stage is found by searching, never offered: to somebody who complains it would be an insult."""
    return not offer.kept.snippet.stages or stage in offer.kept.snippet.stages
