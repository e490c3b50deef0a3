"""One account at work: what the screens talk to. Wires backend, link, engine, outbox and dispatch together."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from agent_tui.core.state import Changes, LinkState, State
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ClientId, ConversationRef, OrderKey, rising_uuid7
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.proof import Proof
from agent_tui.model.words import EntryKind, Role
from agent_tui.ports import intents as i
from agent_tui.ports.backend import Answering, ConversationPage, HitPage, View, Watching
from agent_tui.ports.capabilities import Capabilities
from agent_tui.ports.errors import PortError
from agent_tui.ports.events import CallSeen, ConversationUpsert, EntriesLoaded, Me
from agent_tui.runtime.dispatch import ONLY_WATCHING, Wished, carry_out
from agent_tui.runtime.engine import Engine, Listener
from agent_tui.runtime.keeping import Keeping
from agent_tui.runtime.link import BackOff, Link
from agent_tui.runtime.opening import follow_hours
from agent_tui.runtime.posting import Posted, Posting
from agent_tui.runtime.sender import Sender
from agent_tui.runtime.shelving import Shelving
from agent_tui.runtime.team_library import TeamLibrary
from agent_tui.runtime.telephoning import Telephoning
from agent_tui.runtime.weighing import Weighing
from agent_tui.storage.account_file import AccountFile
from agent_tui.storage.drafts import Draft
from agent_tui.storage.layout import Layout
from agent_tui.storage.library.team_copy import TeamCopy
from agent_tui.storage.outbox import Outbox

if TYPE_CHECKING:
    from agent_tui.core.library.gate import Passage

READ_AGAIN_S: Final = 2.0

__all__ = ["Account", "Draft", "Layout", "Posted", "Wished"]


def wall_ms() -> int:
    """Milliseconds since the epoch by this machine's clock: for show, never for order."""
    return time.time_ns() // 1_000_000


class Account(Telephoning):
    """One sign-in on one backend. Belongs to one event loop; the app runs it as one worker.

    Methods that read (`open`, `older`, `search`, …) raise the errors of `ports.errors`; those that act answer with
    a sentence instead. Only `run` keeps the connection; without it nothing is sent or received.
    """

    def __init__(
        self,
        name: str,
        watching: Watching,
        answering: Answering | None,
        file: AccountFile,
        *,
        now_ms: Callable[[], int] = wall_ms,
        new_cid: Callable[[str], str] = rising_uuid7,
        back_off: BackOff | None = None,
        library: Shelving | None = None,
        team_copy: TeamCopy | None = None,
    ) -> None:
        """`answering` None: this account only watches, for good. `file` is closed with the account. `library` None:
        there are no snippets; `team_copy` keeps the team's for when the backend can't be asked.

        `new_cid` makes a key that sorts after the one given: messages leave in the order of their keys.
        """
        self.name = name
        self.state = State()
        self.library = library
        self._watching = watching
        self._answering = answering
        self._file = file
        self._now_ms = now_ms
        self._engine = Engine(self.state, now_ms)
        self._link = Link(watching, self._engine, now_ms, back_off or BackOff(random.random))
        self._sender = Sender(Outbox(file), answering, watching, self._engine, now_ms) if answering else None
        self._keeping = Keeping(file, answering, self._engine)
        self._weighing = Weighing(file, answering, self._engine, library, now_ms)
        self._team = TeamLibrary(watching, self._engine, library, team_copy, now_ms) if library else None
        self._posting = (
            Posting(self._engine, self._sender, self._keeping, self._weighing, self._team, now_ms, new_cid)
            if self._sender
            else None
        )
        self._opened: dict[ConversationRef, None] = {}
        self._loading: dict[ConversationRef, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._broken: asyncio.Future[None] | None = None
        self._history = 0
        """Counts the times everything was forgotten: what was asked for before belongs to another history."""
        self._engine.listen(self._mend)

    # --- looking ---

    @property
    def me(self) -> Me | None:
        """Whom the backend takes us for; None before the first connection."""
        return self.state.me

    @property
    def role(self) -> Role | None:
        """The role of `me`."""
        return self.state.me.role if self.state.me else None

    @property
    def watches_only(self) -> bool:
        """There is no answering half: nothing can be changed from here."""
        return self._answering is None

    @property
    def capabilities(self) -> Capabilities:
        """What the backend can do, as of now."""
        return self.state.capabilities or self._watching.capabilities

    @property
    def idle(self) -> bool:
        """Nothing is queued, on its way or being read: what tests wait for."""
        return self._engine.idle and not self._tasks and not self._loading and (not self._sender or self._sender.idle)

    def now_ms(self) -> int:
        """The clock everything here goes by."""
        return self._now_ms()

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Call `callback(changes)` on the loop after each turn that changed the state; the answer ends it."""
        return self._engine.listen(callback)

    async def open(self, ref: ConversationRef) -> None:
        """A tab shows this conversation: read its newest page if it isn't held, and follow its typing and presence."""
        self._opened[ref] = None
        await self._watching.subscribe(tuple(self._opened))
        await self._load(ref)

    async def leave(self, ref: ConversationRef) -> None:
        """No tab shows it any more. Its entries stay held."""
        self._opened.pop(ref, None)
        await self._watching.subscribe(tuple(self._opened))

    async def older(self, ref: ConversationRef) -> bool:
        """Read the page before the oldest entry held. False where the start is reached."""
        transcript = self.state.transcript(ref)
        if transcript.reaches_start or not transcript.entries:
            return not transcript.reaches_start
        before, history = transcript.entries[0].key, self._history
        page = await self._watching.history(ref, before=before)
        self._take_in(
            history, EntriesLoaded(ref, page.entries, reaches_start=not page.more, reaches_end=False, before=before)
        )
        return page.more

    async def get(self, ref: ConversationRef) -> Conversation:
        """One record, also of a conversation that is not in the inbox; it is held from then on."""
        history = self._history
        record = await self._watching.get(ref)
        self._take_in(history, ConversationUpsert(record, own_read=True))
        return self.state.conversations.get(ref, record)

    async def list(self, view: View, after: str = "", text: str = "") -> ConversationPage:
        """One page of conversations as the backend has them, also resolved ones."""
        return await self._watching.list(view, after, text)

    async def earlier(self, ref: ConversationRef) -> tuple[Conversation, ...]:
        """The customer's other conversations, newest first."""
        return await self._watching.earlier(ref)

    async def search(self, text: str, ref: ConversationRef | None = None, after: str = "") -> HitPage:
        """Full text, newest first, in one conversation or all."""
        return await self._watching.search(text, ref, after)

    # --- acting ---

    def wish(self, intent: i.Intent) -> "asyncio.Task[Wished]":
        """Carry out a wish; the task never raises for what the backend says, its result says how it ended."""
        return self._start(self._wished(intent))

    def weigh(self, ref: ConversationRef, kind: EntryKind, body: str, proof: tuple[Proof, ...] = ()) -> "Passage":
        """What the gate says of this text now; nothing comes of it."""
        return self._weighing.weigh(ref, kind, body, proof)

    def send(
        self,
        ref: ConversationRef,
        kind: EntryKind,
        body: str,
        seen: OrderKey,
        draft_begun: OrderKey,
        proof: tuple[Proof, ...] = (),
        *,
        warned: bool = False,
    ) -> Posted:
        """Enter was pressed. Gate, outbox on disk, echo in the state: all before this returns and before a byte leaves.

        `seen`: the last entry on the author's screen; `draft_begun`: the last one when the draft was begun; `proof`:
        the snippets in it; `warned`: its author has read the warning that an earlier try answered. Where it is refused
        nothing was kept, and the text belongs back into the composer.
        """
        if self._posting is None:
            return Posted(refusal=ONLY_WATCHING)
        return self._posting.post(ref, kind, body, seen, draft_begun, proof, warned=warned)

    def send_anyway(self, cid: ClientId) -> str:
        """Let a held or failed message go, its author having looked again; a sentence where that can't be."""
        return self._sender.let_go(cid) if self._sender else ONLY_WATCHING

    def take_back(self, cid: ClientId) -> Outgoing | str:
        """A message that did not leave yet becomes its chat's draft again; a sentence where it may have left."""
        return self._sender.take_back(cid, self._keeping.drafts) if self._sender else ONLY_WATCHING

    def mark_read(self, ref: ConversationRef, up_to: OrderKey) -> None:
        """Everything up to here was on the screen. Only forward; a watcher leaves no mark."""
        self._keeping.mark_read(ref, up_to)

    def reconnect_now(self) -> None:
        """Don't wait for the next try."""
        self._link.retry_now()

    # --- kept on this machine ---

    def draft(self, ref: ConversationRef) -> Draft:
        """What was typed here and not sent; empty where nothing was."""
        return self._keeping.drafts[ref]

    def drafts(self) -> frozenset[ConversationRef]:
        """Conversations with a draft."""
        return self._keeping.drafts.refs()

    def save_draft(self, ref: ConversationRef, draft: Draft) -> None:
        """Keep a draft: call it at each key, it is on disk half a second later."""
        self._keeping.drafts.keep(ref, draft)

    @property
    def layout(self) -> Layout:
        """Tabs, the active one and scroll anchors, as last saved."""
        return self._keeping.layout

    def save_layout(self, layout: Layout) -> None:
        """Keep it; on disk half a second later."""
        self._keeping.save_layout(layout)

    @property
    def keeping_problem(self) -> str:
        """Why drafts and layout can't be written just now; empty while they are."""
        return self._keeping.problem

    # --- life ---

    async def run(self) -> None:
        """Keep the connection, take in what comes, send what waits; until cancelled."""
        self._broken = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._engine.run())
                tasks.create_task(self._link.run())
                tasks.create_task(self._keeping.run())
                tasks.create_task(follow_hours(self._watching, self._engine, self._now_ms))
                tasks.create_task(self._weighing.run())
                if self.library and self._team:
                    tasks.create_task(self.library.run())
                    tasks.create_task(self._team.run())
                if self._sender:
                    tasks.create_task(self._sender.run())
                await self._broken
        finally:
            self._broken = None

    async def close(self) -> None:
        """End the connection and write what is not written. Afterwards this object is done for."""
        for task in [*self._tasks, *self._loading.values()]:
            task.cancel()
        await self._watching.aclose()
        self._keeping.flush()
        self._file.close()

    async def _wished(self, intent: i.Intent) -> Wished:
        match intent:
            case i.SendMessage():
                posted = self.send(
                    intent.ref,
                    intent.kind,
                    intent.body,
                    intent.seen,
                    intent.draft_begun,
                    intent.proof,
                    warned=intent.warned,
                )
                return Wished(not posted.refusal, posted.refusal, ref=intent.ref)
            case i.SendAnyway():
                why = self.send_anyway(intent.cid)
                return Wished(not why, why, ref=intent.ref)
            case i.TakeBack():
                taken = self.take_back(intent.cid)
                return Wished(not isinstance(taken, str), taken if isinstance(taken, str) else "", ref=intent.ref)
            case _:
                wished = await carry_out(self._answering, intent, self.state, self._now_ms())
                if wished.call is not None:
                    # the answer has the number, which no push has
                    self._engine.apply(CallSeen(wished.call))
                return wished

    async def _load(self, ref: ConversationRef) -> None:
        loading = self._loading.get(ref)
        if loading is None:
            loading = self._loading[ref] = asyncio.ensure_future(self._read_newest(ref))
            loading.add_done_callback(lambda task: self._loaded(ref, task))
        await asyncio.shield(loading)

    def _loaded(self, ref: ConversationRef, task: "asyncio.Task[None]") -> None:
        self._loading.pop(ref, None)
        if not task.cancelled():
            task.exception()  # told to who opened it, who may have gone elsewhere meanwhile

    async def _read_newest(self, ref: ConversationRef) -> None:
        if ref not in self.state.conversations:
            await self.get(ref)
        if self.state.transcript(ref).loaded:
            return
        history = self._history
        page = await self._watching.history(ref)
        self._take_in(history, EntriesLoaded(ref, page.entries, reaches_start=not page.more, reaches_end=True))

    async def _close_gap(self, ref: ConversationRef) -> None:
        while (after := self.state.transcript(ref).gap_after) is not None:
            history = self._history
            page = await self._watching.history(ref, after=after)
            self._take_in(
                history, EntriesLoaded(ref, page.entries, reaches_start=False, reaches_end=not page.more, after=after)
            )
            if not page.entries:
                return

    def _take_in(self, history: int, event: ConversationUpsert | EntriesLoaded) -> None:
        if history == self._history:
            self._engine.apply(event)

    def _mend(self, changes: Changes) -> None:
        """Open conversations whose entries were forgotten are read again; known gaps in them are closed."""
        self._history += changes.everything
        if self._broken is None or self.state.link.state not in (
            LinkState.LIVE,
            LinkState.CATCHING_UP,
            LinkState.QUIET,
        ):
            return
        for ref in self._opened if changes.link or changes.everything else changes.transcripts & self._opened.keys():
            transcript = self.state.transcript(ref)
            if ref in self._loading or ref in self.state.gone:
                continue
            if not transcript.loaded and changes.link and self.state.link.state is LinkState.LIVE:
                self._read(ref, self._read_newest(ref))
            elif transcript.loaded and transcript.gap_after is not None:
                self._read(ref, self._close_gap(ref))

    def _read(self, ref: ConversationRef, work: Coroutine[Any, Any, None]) -> None:
        """Read in the background; what can't be read now is tried again soon, and when the line is back."""

        async def attempt() -> None:
            try:
                await work
            except PortError:
                asyncio.get_running_loop().call_later(READ_AGAIN_S, self._mend, Changes(link=True))
            finally:
                self._loading.pop(ref, None)

        self._loading[ref] = asyncio.ensure_future(attempt())

    def _start(self, work: Coroutine[Any, Any, Wished]) -> "asyncio.Task[Wished]":
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        # a fault of ours must not stay silent in a task that nobody awaits: it ends `run`, and the app says so
        if error is not None and self._broken is not None and not self._broken.done():
            self._broken.set_exception(error)
