"""What staff read over HTTP: inbox at a cursor, lists, transcripts, search. `agent`: whose read positions are shown."""

from collections.abc import Sequence
from typing import Never

from sqlalchemy import Connection

from agent_tui.desk.service.hours_file import HoursFile
from agent_tui.desk.store import Store, reads, replaying
from agent_tui.protocol import requests as r
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireConversation

_MOST = 500
_EARLIER = 50


class Lists:
    """Reads, each in one snapshot."""

    def __init__(self, store: Store, hours: HoursFile) -> None:
        self._store = store
        self._hours = hours
        self._present = store.present.__contains__

    async def inbox(self, agent: str) -> r.Inbox:
        """All that are not resolved, and the staff, at one cursor."""

        def query(db: Connection) -> r.Inbox:
            return r.Inbox(
                str(replaying.last_event(db)),
                self._store.epoch,
                reads.open_conversations(db, agent, self._present),
                reads.staff(db),
                self._hours.now(),
            )

        return await self._store.read(query)

    async def conversations(
        self, agent: str, view: str = "all", after: str = "", limit: int = 50, text: str = "", *, masked: bool = False
    ) -> r.ConversationPage:
        """A list by view: mine, waiting, snoozed, all, resolved; newest first, `waiting` longest first.

        `masked`: `text` finds nothing by a number or an address.
        """
        chosen = reads.VIEWS.get(view)
        if chosen is None:
            raise Refusal(Code.BAD_VALUE, f"There is no view {view[:20]!r}; views are {', '.join(reads.VIEWS)}.")
        place = reads.Place(*_numbers(after, 2)) if after else None
        words = reads.Words(text.strip(), masked) if text.strip() else None
        page, end = await self._store.read(
            lambda db: reads.listed(db, agent, chosen, place, _limited(limit), words, self._present)
        )
        return r.ConversationPage(page, f"{end.value}.{end.id}" if end else "")

    async def conversation(self, agent: str, conversation: int) -> WireConversation:
        """One record. Raises `Refusal` not_found."""
        found = await self._store.read(lambda db: reads.one_conversation(db, agent, conversation, self._present))
        return found if found is not None else _missing(conversation)

    async def conversations_of(self, numbers: Sequence[int]) -> list[WireConversation]:
        """Records by number, in the order asked; those that are not there are left out."""
        found = await self._store.read(lambda db: reads.records_of(db, numbers, self._present))
        return [found[one] for one in numbers if one in found]

    async def entries(
        self, conversation: int, before: int | None = None, after: int | None = None, limit: int = 100
    ) -> r.EntryPage:
        """Part of a transcript: the newest ones, or those before or after a seq."""

        def query(db: Connection) -> r.EntryPage | None:
            last = reads.last_seq(db, conversation)
            if last is None:
                return None
            return r.EntryPage(*reads.entries(db, conversation, before, after, _limited(limit)), last)

        found = await self._store.read(query)
        return found if found is not None else _missing(conversation)

    async def earlier(self, agent: str, conversation: int) -> r.ConversationPage:
        """The same customer's earlier conversations."""
        return r.ConversationPage(
            await self._store.read(lambda db: reads.earlier(db, agent, conversation, _EARLIER, self._present))
        )

    async def search(self, text: str, conversation: int = 0, before: str = "", limit: int = 50) -> r.HitPage:
        """Newest first."""
        place = _numbers(before, 1)[0] if before else None

        def query(db: Connection) -> r.HitPage:
            hits, end = reads.search(db, text, conversation, place, _limited(limit))
            return r.HitPage(hits, str(end) if end else "", reads.behind(db))

        return await self._store.read(query)


def _missing(conversation: int) -> Never:
    raise Refusal(Code.NOT_FOUND, f"There is no conversation c{conversation}.")


def _limited(limit: int) -> int:
    return max(1, min(limit, _MOST))


def _numbers(place: str, count: int) -> list[int]:
    """A place in a list, as an earlier page named it. Raises `Refusal`."""
    parts = place.split(".")
    if len(parts) != count or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise Refusal(Code.BAD_VALUE, "This is no place in the list; take the `next` of an earlier page as it is.")
    return [int(part) for part in parts]
