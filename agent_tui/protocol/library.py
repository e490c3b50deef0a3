"""The team's library on the wire. Its texts are the desk's: foreign to whoever reads them, so clean them first."""

from datetime import date

from msgspec import Struct

from agent_tui.model.gate import Policy
from agent_tui.model.snippet import AnySnippet
from agent_tui.model.uses import UseCount
from agent_tui.model.word_table import WordTable
from agent_tui.model.words import Stage

MOST_PROOF = 20
"""Snippets in one message."""


class WireProof(Struct, frozen=True):
    """A snippet that is in a message, as its author's library had it."""

    snippet: str
    revision: int
    language: str


class WirePlaced(Struct, frozen=True):
    """A snippet, and the line of the team's file that has it (the file as it is called in the desk's folder)."""

    snippet: AnySnippet
    file: str
    line: int


class LibraryPage(Struct, frozen=True, omit_defaults=True):
    """The team's library, or what changed in it since the version that was asked with (`have`).

    `whole`: forget what you had. `next` is given as `after` for the page that follows; empty: this was the last.
    """

    version: str
    whole: bool
    snippets: list[WirePlaced] = []
    gone: list[str] = []
    withdrawn: dict[str, date] = {}
    """Ids whose consent was withdrawn here, in whatever layer they are."""
    policy: Policy = Policy()
    words: list[WordTable] = []
    problems: list[str] = []
    """Files and records that did not load, a sentence each."""
    next: str = ""


class RefusedCount(Struct, frozen=True):
    """How often the gate stopped a snippet, by rule."""

    snippet: str
    rule: str
    refused: int


class UsesPage(Struct, frozen=True):
    """What became of the snippets: counts by snippet and stage. Messages that were withdrawn don't count."""

    counts: list[UseCount]
    refused: list[RefusedCount]


class WireUse(Struct, frozen=True, omit_defaults=True):
    """One snippet that a customer got. `withdrawn`: the message was withdrawn afterwards."""

    conversation: int
    seq: int
    at: int
    agent: str
    """By name."""
    revision: int
    language: str
    stage: Stage
    warned: str = ""
    """The gate's rules that warned of it; it was sent all the same."""
    recognised: bool = False
    """Nobody put it in: its words were recognised."""
    withdrawn: bool = False


class RecallPage(Struct, frozen=True):
    """Who got a snippet, newest first."""

    snippet: str
    uses: list[WireUse]
    conversations: int
    """In how many conversations, on all pages."""
    next: str = ""


class EditSnippet(Struct, frozen=True):
    """Put this record (a library file's text with one table) where the one with its id stands, or add it."""

    toml: str


class CheckedSnippet(Struct, frozen=True):
    """Somebody looked today, and it still holds."""

    snippet: str


class SnippetEdited(Struct, frozen=True):
    """Where it is now, and as which revision."""

    snippet: str
    revision: int
    file: str


class WithdrawConsent(Struct, frozen=True, omit_defaults=True):
    """From now on no customer gets this testimonial; `undo` where it was a mistake."""

    snippet: str
    undo: bool = False


class ConsentWithdrawn(Struct, frozen=True):
    """`since`: the day; None after an undo. `conversations` got it before: `recall` lists them."""

    snippet: str
    since: date | None
    conversations: int
    written: bool
    """The date stands in the team's file too."""
