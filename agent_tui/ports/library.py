"""The team's library as a backend gives it, and what it is told of the gate."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from agent_tui.model.gate import Policy
from agent_tui.model.ids import ConversationRef
from agent_tui.model.snippet import Placed
from agent_tui.model.text import SafeText
from agent_tui.model.word_table import WordTable


class TeamPage(Struct, frozen=True):
    """All of the team's library, or what changed since the version that was asked with; a page of it.

    `whole`: what was known before is not valid. `next`: an opaque cursor, empty at the end.
    """

    version: str
    whole: bool
    placed: tuple[Placed, ...] = ()
    gone: tuple[str, ...] = ()
    withdrawn: Mapping[str, date] = {}
    """Ids whose consent was withdrawn, in whatever layer they are."""
    policy: Policy = Policy()
    words: tuple[WordTable, ...] = ()
    problems: tuple[SafeText, ...] = ()
    """What did not load, a sentence each."""
    next: str = ""


class Stopped(Struct, frozen=True):
    """The gate of this console stopped a message. `report` is its own id: told twice, it is kept once."""

    report: str
    ref: ConversationRef
    snippet: str
    revision: int
    language: str
    rule: str
    at_ms: int
