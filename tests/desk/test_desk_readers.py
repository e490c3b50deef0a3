"""Fan-out without sockets: one memory for all staff readers, chains of cursors, readers that are too slow."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest

from agent_tui.desk.metrics import Metrics
from agent_tui.desk.reader import Ending, Page, Reader, Wire
from agent_tui.desk.readers import Readers
from agent_tui.desk.staff_log import StaffEvent, StaffLog
from agent_tui.model.words import Role
from agent_tui.protocol.frames import ServerFrame, decode_server_frame
from agent_tui.protocol.limits import Limits


class Peer:
    """The far end of a reader's wire. While `blocked` is clear it takes nothing."""

    def __init__(
        self,
        readers: Readers,
        role: Role = Role.AGENT,
        account: str = "ada",
        replay: AsyncIterator[Page] | None = None,
    ) -> None:
        self.frames: list[ServerFrame] = []
        self.closed: tuple[int, str] | None = None
        self.aborted = False
        self.open = asyncio.Event()
        self.open.set()
        wire = Wire(self._transmit, self._close, self._abort)
        self.reader = Reader(wire, role=role, account=account, session="s", readers=readers)
        readers.enter(self.reader)
        self.reader.start_at(readers.head, str(readers.head))
        self.task = asyncio.create_task(self.reader.run(replay or nothing()))

    async def _transmit(self, frames: Sequence[bytes]) -> None:
        await self.open.wait()
        self.frames += map(decode_server_frame, frames)

    async def _close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def _abort(self) -> None:
        self.aborted = True

    @property
    def events(self) -> list[object]:
        return [msgspec.json.decode(raw) for frame in self.frames for raw in frame.events or []]

    def chain_is_whole(self, begin: str) -> bool:
        cursor = begin
        for frame in self.frames:
            if frame.events is not None:
                if frame.prev != cursor:
                    return False
                cursor = frame.cursor
        return True


async def nothing() -> AsyncIterator[Page]:
    return
    yield


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def make_readers(limits: Limits | None = None) -> Readers:
    now = asyncio.get_running_loop().time
    return Readers(limits or Limits(), Metrics(), now)


def publish(readers: Readers, *events: StaffEvent) -> None:
    for event in events:
        readers.publish_staff(event)
    readers.head = events[-1].id
    readers.wake_staff()


async def test_all_staff_are_told_all_events_in_order_with_a_whole_chain() -> None:
    readers = make_readers()
    peers = [Peer(readers), Peer(readers, account="ben")]
    await settle()
    for first in range(1, 2001, 100):
        publish(readers, *(StaffEvent(n, b"%d" % n) for n in range(first, first + 100)))
        if first % 300 == 1:
            await settle()
    await settle()
    for peer in peers:
        assert peer.events == list(range(1, 2001))
        assert peer.chain_is_whole("0")
        peer.task.cancel()
    assert readers.log.end == 2000
    assert readers.log.bytes_behind(2000) == 0


async def test_what_is_for_one_account_is_told_to_its_own_sessions_only() -> None:
    readers = make_readers()
    ada, ben = Peer(readers), Peer(readers, account="ben")
    await settle()
    publish(readers, StaffEvent(1, b"1", "ada"))
    await settle()
    publish(readers, StaffEvent(2, b"2"), StaffEvent(3, b"3", "ada"))
    await settle()
    assert (ada.events, ben.events) == ([1, 2, 3], [2])
    assert ada.chain_is_whole("0")
    assert ben.chain_is_whole("0")
    ada.task.cancel()
    ben.task.cancel()


async def test_a_reader_far_behind_is_cut_and_others_are_not() -> None:
    readers = make_readers(Limits(backlog_bytes=10_000))
    slow, quick = Peer(readers), Peer(readers)
    slow.open.clear()
    await settle()
    for n in range(1, 101):
        publish(readers, StaffEvent(n, b'"' + b"x" * 500 + b'"'))
        await settle()
    assert slow.aborted
    assert not quick.aborted
    assert len(quick.events) == 100
    assert readers.log.held < 3, "what the slow one did not take is forgotten"
    assert readers.metrics.cut_readers == 1
    slow.task.cancel()
    quick.task.cancel()


async def test_a_reader_that_takes_nothing_is_cut_after_a_while() -> None:
    readers = make_readers(Limits(stalled_ms=0))
    peer = Peer(readers)
    peer.open.clear()
    await settle()
    readers.cut_stalled()
    assert readers.metrics.cut_readers == 0, "nothing was sent: nothing was not taken"
    peer.reader.now(b"{}")
    await settle()
    await asyncio.sleep(0.01)
    readers.cut_stalled()
    assert peer.aborted
    peer.task.cancel()


async def test_answers_that_pile_up_cut_a_reader_too() -> None:
    readers = make_readers(Limits(backlog_bytes=1000))
    peer = Peer(readers, Role.VISITOR, "v")
    peer.open.clear()
    await settle()
    for _ in range(30):
        peer.reader.answer(b'{"re":1,"ok":{"seq":1,"at":1234567890123}}')
    assert peer.aborted
    peer.task.cancel()


async def test_last_words_replace_what_was_queued() -> None:
    readers = make_readers()
    peer = Peer(readers)
    peer.open.clear()
    await settle()
    publish(readers, StaffEvent(1, b"1"))
    peer.reader.answer(b'{"re":5,"ok":{}}')
    peer.reader.say_and_end(b'{"error":{"code":"revoked","detail":"x"}}', Ending(4403, "signed out"))
    publish(readers, StaffEvent(2, b"2"))
    peer.open.set()
    await peer.task
    assert peer.closed == (4403, "signed out")
    assert [frame.error.code for frame in peer.frames if frame.error] == ["revoked"]
    assert 2 not in peer.events


async def test_nobody_watches_a_visitor_but_their_own_pages() -> None:
    readers = make_readers()
    jane, piet = Peer(readers, Role.VISITOR, "jane"), Peer(readers, Role.VISITOR, "piet")
    await settle()
    readers.publish_visitor("jane", 7, b'"hello","status"')
    readers.publish_visitor("jane", 7, b'"again"')
    await settle()
    assert (jane.events, piet.events) == (["hello", "status"], [])
    jane.task.cancel()
    piet.task.cancel()


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_frame_holds_at_least_one_event_and_not_much_more_than_its_size(size: int) -> None:
    log = StaffLog()
    for n in range(1, 400):
        log.append(StaffEvent(n, b"x" * size))
    batch = log.take(0, "ada", "0")
    assert 0 < batch.place < 400
    assert len(batch.frame) < max(size, 48 * 1024) + 1000


async def test_a_reader_ended_during_its_replay_is_told_nothing_more() -> None:
    readers = make_readers()
    go_on = asyncio.Event()

    async def replay() -> AsyncIterator[Page]:
        yield Page([b'"first"'], "1", 1)
        await go_on.wait()
        yield Page([b'"second"'], "2", 2)

    peer = Peer(readers, replay=replay())
    await settle()
    peer.reader.say_and_end(b'{"error":{"code":"revoked","detail":"x"}}', Ending(4403, "signed out"))
    go_on.set()
    await peer.task
    assert peer.events == ["first"]
    assert [frame.error.code for frame in peer.frames if frame.error] == ["revoked"]
    assert peer.closed == (4403, "signed out")


async def test_an_answer_leaves_before_what_came_of_its_command() -> None:
    readers = make_readers()
    jane = Peer(readers, Role.VISITOR, "jane")
    await settle()
    readers.publish_visitor("jane", 1, b'"line"')
    jane.reader.answer(b'{"re":7,"ok":{}}')
    await settle()
    assert [(frame.re, len(frame.events or [])) for frame in jane.frames] == [(7, 0), (None, 1)]
    jane.task.cancel()
