"""What staff read: the inbox at a cursor, lists page by page, transcripts, search, and everything again after a cut."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable

import pytest

from agent_tui.core.cards import mask_cards
from agent_tui.desk.service.queue import Queue
from agent_tui.desk.settings import DeskSettings
from agent_tui.model.words import HowKnown, Role, State
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.pushes import EntryAdded, Line, Status
from agent_tui.protocol.requests import ConversationPage, HitPage, PageNow
from tests.desk.people import DeskInTest


async def test_the_inbox_is_read_at_one_point_of_the_stream(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    visitor = await desk.visitor()
    await desk.says(visitor)
    inbox = await desk.service.inbox(ada.id)
    assert inbox.epoch == desk.store.epoch
    assert inbox.cursor == str(await desk.service.last_event()) == str(desk.told[-1].id)
    assert [record.id for record in inbox.conversations] == [1]
    assert [agent.name for agent in inbox.agents] == ["Ada"]
    await desk.says(visitor, "more")
    later = await desk.service.replay(int(inbox.cursor))
    assert [event.entry.body for event in later if event.entry] == ["more"]
    await desk.does(ada, c.Resolve(0, conversation=1))
    assert (await desk.service.inbox(ada.id)).conversations == []


async def collect(page: Callable[[str], Awaitable[ConversationPage]]) -> list[int]:
    found: list[int] = []
    after = ""
    while True:
        part = await page(after)
        found += [record.id for record in part.conversations]
        after = part.next
        if not after:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_every_view_page_by_page_has_each_conversation_once(desk: DeskInTest, limit: int) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    for number in range(1, 10):
        desk.clock.pass_by(1000 if number % 2 else 0)  # some at the very same moment
        await desk.says(await desk.visitor())
    for number in (1, 2, 3):
        await desk.does(ada, c.Claim(0, conversation=number))
    await desk.does(bob, c.Claim(0, conversation=4))
    await desk.does(ada, c.Snooze(0, conversation=3, until=2**42))
    await desk.does(ada, c.Resolve(0, conversation=2))
    expected = {
        "mine": [1, 3],
        "waiting": [5, 6, 7, 8, 9],
        "snoozed": [3],
        "all": [1, 3, 4, 5, 6, 7, 8, 9],
        "resolved": [2],
    }
    for view, numbers in expected.items():
        found = await collect(lambda after, view=view: desk.service.conversations(ada.id, view, after, limit))  # type: ignore[misc]
        assert sorted(found) == numbers, view
        if view == "waiting":
            assert found == numbers, "the longest waiting first"


@pytest.mark.parametrize(
    ("words", "found"),
    [("c2", [2]), ("2", [2]), ("jane", [1]), ("JANE@", [1]), ("lo%", []), ("hello", [2, 1]), ("c99", []), ("²", [])],
)
async def test_lists_are_narrowed_by_what_is_typed(desk: DeskInTest, words: str, found: list[int]) -> None:
    jane = await desk.visitor()
    await desk.says(jane)
    await desk.does(jane, c.Introduce(0, name="Jane", email="jane@example.org"))
    desk.clock.pass_by(1)
    await desk.says(await desk.visitor())
    page = await desk.service.conversations("", text=words)
    assert [record.id for record in page.conversations] == found


async def test_transcripts_are_read_in_both_directions(desk: DeskInTest) -> None:
    visitor = await desk.visitor()
    for number in range(1, 11):
        await desk.says(visitor, f"line {number}")
    service = desk.service

    async def seqs(**how: int) -> tuple[list[int], bool]:
        page = await service.entries(1, **how)
        assert page.last_seq == 10
        return [entry.seq for entry in page.entries], page.more

    assert await seqs(limit=3) == ([8, 9, 10], True)
    assert await seqs(before=8, limit=3) == ([5, 6, 7], True)
    assert await seqs(before=3, limit=3) == ([1, 2], False)
    assert await seqs(after=0, limit=3) == ([1, 2, 3], True)
    assert await seqs(after=8, limit=3) == ([9, 10], False)
    assert await seqs(after=10) == ([], False)
    assert await seqs(limit=0) == ([10], True)


@pytest.mark.parametrize(
    "ask",
    [
        lambda service: service.conversation("", 404),
        lambda service: service.entries(404),
        lambda service: service.conversations("", "nonsense"),
        lambda service: service.conversations("", after="1"),
        lambda service: service.conversations("", after="1.x"),
        lambda service: service.conversations("", after="1.²"),
        lambda service: service.search("hello", before="9" * 30),
    ],
)
async def test_what_is_not_there_is_refused(desk: DeskInTest, ask: Callable[[object], Awaitable[object]]) -> None:
    with pytest.raises(Refusal) as caught:
        await ask(desk.service)
    assert caught.value.answer.code in (Code.NOT_FOUND, Code.BAD_VALUE)


async def found(desk: DeskInTest, text: str, conversation: int = 0) -> HitPage:
    while (page := await desk.service.search(text, conversation)).behind:
        await asyncio.sleep(0.01)
    return page


async def test_search_names_conversation_customer_and_entry(desk: DeskInTest) -> None:
    jane, ada = await desk.visitor(), await desk.connected("Ada")
    await desk.does(jane, c.Introduce(0, name="Jane"))
    await desk.says(jane, "about the invoice")
    await desk.sends(ada, 1, "which invoice?")
    await desk.says(await desk.visitor(), "an invoice too")
    hits = (await found(desk, "invoice")).hits
    assert [(hit.conversation, hit.customer, hit.entry.body) for hit in hits] == [
        (2, "", "an invoice too"),
        (1, "Jane", "which invoice?"),
        (1, "Jane", "about the invoice"),
    ]
    assert [hit.entry.seq for hit in (await found(desk, "invoice", conversation=1)).hits] == [3, 1]


async def test_everything_told_again_is_what_was_told(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    await desk.does(ada, c.TakeNext(0))
    await desk.sends(ada, 1)
    await desk.does(ada, c.MarkRead(0, conversation=1, seq=1))
    await desk.does(visitor, c.Seen(0, n=2))
    again: list[object] = []
    after = 0
    while page := await desk.service.replay(after, 2):
        again += page
        after = page[-1].id
    assert len(again) == len(desk.told)
    last_record = max((event.record for event in desk.told if event.record), key=lambda record: record.revision)
    for live, replayed in zip(desk.told, await desk.service.replay(0), strict=True):
        assert (live.id, live.kind, live.at, live.seq) == (replayed.id, replayed.kind, replayed.at, replayed.seq)
        assert (live.visitor, live.agent, live.entry) == (replayed.visitor, replayed.agent, replayed.entry)
        assert (live.record is None) == (replayed.record is None)
        assert type(desk.service.staff_push(live)) is type(desk.service.staff_push(replayed))
        if replayed.record is not None:
            assert replayed.record.revision >= last_record.revision, "records are told as they are now"


async def test_a_visitor_is_told_of_their_own_chat_and_of_no_note(desk: DeskInTest) -> None:
    ada, jane, other = await desk.connected("Ada"), await desk.visitor(), await desk.visitor()
    await desk.says(jane, "mine")
    await desk.says(other, "not mine")
    await desk.sends(ada, 1, "a note", kind="note")
    await desk.sends(ada, 1, "an answer")
    for events in (desk.told, await desk.service.replay_for_visitor(jane.id, 0)):
        pushes = [push for event in events if event.visitor == jane.id for push in desk.service.visitor_pushes(event)]
        lines = [push.line for push in pushes if isinstance(push, Line)]
        assert [(line.n, line.body) for line in lines] == [(1, "mine"), (2, ""), (3, "an answer")]
        assert [line.by.id for line in lines] == [jane.id, "", ""], "ids of staff are theirs"
        assert any(isinstance(push, Status) for push in pushes)


async def test_the_hot_path_carries_a_record_only_where_it_changed(desk: DeskInTest) -> None:
    visitor = await desk.visitor()
    for body in ("one", "two", "three"):
        await desk.says(visitor, body)
    pushes = [desk.service.staff_push(event) for event in desk.told]
    added = [push for push in pushes if isinstance(push, EntryAdded)]
    assert [push.record is None for push in added] == [False, True, True]


async def test_earlier_conversations_are_joined_by_signature_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = DeskInTest(tmp_path_factory.mktemp("desk"), DeskSettings(site_key="the site's key"))
    right = hmac.new(b"the site's key", b"customer-7", hashlib.sha256).hexdigest()
    for signature in (right, right, "0" * 64, right.upper()):
        await desk.says(await desk.visitor(signed_id="customer-7", signature=signature))
    earlier = [(await desk.record(number)).customer.earlier for number in (1, 2, 3, 4)]
    assert earlier == [0, 1, 0, 2]
    assert [one.id for one in (await desk.service.earlier("", 4)).conversations] == [2, 1]
    known = [(await desk.record(number)).customer.known for number in (1, 2, 3, 4)]
    assert known == [HowKnown.SIGNED, HowKnown.SIGNED, HowKnown.UNKNOWN, HowKnown.SIGNED]
    desk.store.close()


async def test_customers_whose_signed_ids_look_like_cards_stay_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = DeskInTest(tmp_path_factory.mktemp("desk"), DeskSettings(site_key="the site's key"))
    for customer in ("4000000000001000", "4018000000001000", "4000000000001000 "):
        right = hmac.new(b"the site's key", customer.encode(), hashlib.sha256).hexdigest()
        await desk.says(await desk.visitor(signed_id=customer, signature=right))
    assert mask_cards("4000000000001000") == mask_cards("4018000000001000"), "or this tests nothing"
    assert [(await desk.record(number)).customer.earlier for number in (1, 2, 3)] == [0, 0, 0]
    desk.store.close()


async def test_presence_is_shown_but_not_stored(desk: DeskInTest) -> None:
    visitor = await desk.visitor()
    await desk.says(visitor)
    assert await desk.service.visitor_here(visitor.id) == [1]
    assert (await desk.record(1)).customer.present is True
    desk.clock.pass_by(5)
    assert await desk.service.visitor_left(visitor.id) == [1]
    customer = (await desk.record(1)).customer
    assert customer.known is HowKnown.UNKNOWN
    assert (customer.present, customer.left) == (False, desk.clock.now)


async def test_a_token_names_its_visitor(desk: DeskInTest) -> None:
    visitor = await desk.visitor()
    assert await desk.service.visitor_by_token(b"token 0") == visitor
    assert await desk.service.visitor_by_token(b"token 9") is None


async def test_a_page_that_comes_back_is_a_visit_unless_it_was_away_for_a_moment(desk: DeskInTest) -> None:
    visitor = await desk.visitor(page_url="https://acme.example/", language="nl")
    await desk.says(visitor)
    for _ in range(3):
        await desk.service.visitor_left(visitor.id)
        desk.clock.pass_by(60_000)
        await desk.service.page_now(visitor.id, PageNow())
    assert (await desk.record(1)).customer.visits == 1
    desk.clock.pass_by(31 * 60_000)
    await desk.service.page_now(visitor.id, PageNow(page_url="https://acme.example/pricing" + "x" * 9000))
    customer = (await desk.record(1)).customer
    assert (customer.visits, customer.language, len(customer.page_url)) == (2, "nl", 2000)
    assert (customer.known, customer.name_known) == (HowKnown.BROWSER, HowKnown.UNKNOWN)


async def test_supervisors_are_listed_but_never_counted_as_staffed(desk: DeskInTest) -> None:
    await desk.connected("Eve", Role.SUPERVISOR)
    await desk.service.start()
    assert (await desk.service.status("somebody")).staffed is False
    await desk.service.stop()


async def test_status_of_a_visitor(desk: DeskInTest) -> None:
    await desk.service.start()
    ada, first, second = await desk.connected("Ada"), await desk.visitor(), await desk.visitor()
    assert await desk.service.status(first.id) == Status("none")
    await desk.says(first)
    desk.clock.pass_by(10)
    await desk.says(second)
    assert await desk.service.status(second.id) == Status("waiting", ahead=1)
    assert desk.service.waiting_visitors() == [first.id, second.id]
    await desk.does(ada, c.TakeNext(0))
    assert await desk.service.status(first.id) == Status("open", agent="Ada")
    assert await desk.service.status(second.id) == Status("waiting", ahead=0)
    await desk.does(first, c.End(0))
    assert (await desk.service.status(first.id)).state == "resolved"
    await desk.service.agent_lost(ada.id)
    await asyncio.sleep(0)
    assert (await desk.service.status(second.id)).staffed is False
    await desk.service.stop()


async def test_a_wait_is_only_told_where_enough_people_waited_lately(desk: DeskInTest) -> None:
    await desk.service.start()
    ada = await desk.connected("Ada")
    for seconds in (10, 20, 30, 40, 50):
        await desk.says(await desk.visitor())
        desk.clock.pass_by(seconds * 1000)
        assert (await desk.service.status((await desk.visitor()).id)).wait_s is None
        await desk.does(ada, c.TakeNext(0))
    waiting = await desk.visitor()
    await desk.says(waiting)
    assert (await desk.service.status(waiting.id)).wait_s == 30
    desk.clock.pass_by(3_600_001)
    assert (await desk.service.status(waiting.id)).wait_s is None
    await desk.service.stop()


async def test_a_chat_given_back_after_an_answer_says_nothing_of_how_long_people_wait(desk: DeskInTest) -> None:
    await desk.service.start()
    ada = await desk.connected("Ada")
    for number in range(1, 6):
        await desk.says(await desk.visitor())
        await desk.sends(ada, number, "answered at once")
        desk.clock.pass_by(600_000)
        await desk.does(ada, c.Transfer(0, conversation=number, expect_owner=ada.id))
        await desk.does(ada, c.Claim(0, conversation=number))
    waiting = await desk.visitor()
    await desk.says(waiting)
    assert (await desk.service.status(waiting.id)).wait_s == 0
    await desk.service.stop()


async def test_of_many_chats_those_that_ended_are_forgotten_but_for_open_pages(desk: DeskInTest) -> None:
    looking: set[str] = set()
    queue = Queue(desk.service.hours, desk.clock, looking.__contains__, kept_chats=3)
    visitors = [await desk.visitor() for _ in range(4)]
    looking.add(visitors[1].id)
    for visitor in visitors:
        await desk.says(visitor)
        if visitor is not visitors[2]:
            await desk.does(visitor, c.End(0))
    queue.hear(desk.told)
    assert [queue.knows(visitor.id) for visitor in visitors] == [False, True, True, True]
    assert queue.status(visitors[1].id).state == "resolved"


async def test_after_a_restart_an_old_chat_still_has_its_status(desk: DeskInTest) -> None:
    visitor = await desk.visitor()
    await desk.says(visitor)
    await desk.does(visitor, c.End(0))
    desk.store.close()
    again = DeskInTest(desk.folder, clock=desk.clock)
    await again.service.start()
    assert (await again.service.status(visitor.id)).state == "resolved"
    assert (await again.record(1)).state is State.RESOLVED
    await again.service.stop()
    again.store.close()
