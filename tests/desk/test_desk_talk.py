"""A customer and an agent talk through a real desk; readers come and go and miss nothing."""

import asyncio
import contextlib
import sqlite3

import pytest

from agent_tui.model.ids import uuid7
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from tests.clients import Refused, VisitorClient
from tests.desk.conftest import ROOMY, staff_of, visitor_of
from tests.desk_process import DeskProcess, running_desk


async def conversation_with(desk: DeskProcess, body: str) -> int:
    """A conversation that begins with this line; its number."""
    async with visitor_of(desk) as jane, staff_of(desk) as ada:
        await jane.say(body)
        return int((await ada.sees(body))["conversation"])


async def test_a_line_reaches_the_agent_and_her_answer_the_customer(desk: DeskProcess) -> None:
    async with staff_of(desk) as ada, visitor_of(desk) as jane:
        stored = await jane.say("Is there anyone?")
        assert stored.seq == 1
        seen = await ada.sees("Is there anyone?")
        assert seen["entry"]["seq"] == 1
        await ada.send(seen["conversation"], "Good afternoon!")
        line = await jane.sees("Good afternoon!")
        assert line["by"]["name"] == "Ada"
        assert not line["by"].get("id"), "visitors are not told ids of staff"
        assert ada.gaps == jane.gaps == []


async def test_a_note_is_not_for_the_customer(desk: DeskProcess) -> None:
    async with staff_of(desk) as ada, visitor_of(desk) as jane:
        await jane.say("hello, notes")
        conversation = (await ada.sees("hello, notes"))["conversation"]
        await ada.send(conversation, "a secret", kind="note")
        await ada.send(conversation, "an answer")
        await jane.sees("an answer")
        assert "a secret" not in str(jane.history)


async def test_the_same_cid_is_stored_once_and_answered_alike(desk: DeskProcess) -> None:
    async with visitor_of(desk) as jane, staff_of(desk) as ada:
        cid = uuid7()
        first = await jane.say("once", cid)
        assert [await jane.say("once", cid) for _ in range(20)] == [first] * 20
        with pytest.raises(Refused) as refused:
            await jane.say("twice", cid)
        assert refused.value.answer.code is Code.CID_CONFLICT
        conversation = (await ada.sees("once"))["conversation"]
        entries = desk.get(f"/v1/conversations/{conversation}/entries", ada.token)["entries"]
        assert [entry["body"] for entry in entries if entry.get("cid") == cid] == ["once"]


async def test_a_reader_resumes_where_it_was(desk: DeskProcess) -> None:
    ada, jane = staff_of(desk), visitor_of(desk)
    await ada.connect()
    await jane.connect()
    await jane.say("before")
    await ada.sees("before")
    await ada.drop()
    bodies = [f"while away {n}" for n in range(30)]
    for body in bodies:
        await jane.say(body)
    welcome = await ada.connect()
    assert welcome.resumed
    conversation = (await ada.sees(bodies[-1]))["conversation"]
    await jane.say("after")
    await ada.sees("after")
    told = [entry.get("body") for entry in ada.entries(conversation) if entry["kind"] == "public"]
    assert told == ["before", *bodies, "after"]
    assert ada.gaps == []
    await ada.close()
    await jane.close()


async def test_a_visitor_resumes_and_a_new_page_is_told_everything(desk: DeskProcess) -> None:
    token, _ = desk.visitor()
    page, other = (visitor_of(desk) for _ in range(2))
    page._new_ticket = other._new_ticket = lambda: desk.ticket(token)
    ada = staff_of(desk)
    await ada.connect()
    await page.connect()
    await page.say("first page")
    conversation = (await ada.sees("first page"))["conversation"]
    await page.drop()
    await ada.send(conversation, "while the page was closed")
    assert (await page.connect()).resumed
    await page.sees("while the page was closed")
    assert page.gaps == []
    welcome = await other.connect()
    assert not welcome.resumed
    await other.sees("while the page was closed")
    assert [line["n"] for line in other.lines] == list(range(1, len(other.lines) + 1))
    assert other.lines[0]["body"] == "first page"
    await other.until(lambda: any(event["e"] == "status" for event in other.events))
    assert other.cursor.isdigit()
    assert other.gaps == []
    for client in (page, other, ada):
        await client.close()


@pytest.mark.parametrize(
    ("epoch", "cursor", "why"),
    [
        ("another-epoch", "1", "restored"),
        (None, "999999999", "does not know your place"),
        (None, "abc", "does not know your place"),
        (None, "-1", "does not know your place"),
        (None, "12.3", "does not know your place"),
        (None, "9" * 400, "does not know your place"),
    ],
)
async def test_an_unusable_place_starts_afresh_and_says_why(
    desk: DeskProcess, epoch: str | None, cursor: str, why: str
) -> None:
    for client in (staff_of(desk), visitor_of(desk)):
        client.epoch = epoch or desk.ready["epoch"]
        client.cursor = cursor
        welcome = await client.connect()
        assert not welcome.resumed
        assert why in welcome.why
        await client.close()


async def test_too_far_behind_starts_afresh(tmp_path_factory: pytest.TempPathFactory) -> None:
    env = {**ROOMY, "AGENT_TUI_DESK_LIMITS_REPLAY_EVENTS": "5"}
    with running_desk(tmp_path_factory.mktemp("far") / "home", env=env) as desk:
        ada, jane = staff_of(desk), visitor_of(desk)
        await ada.connect()
        await ada.drop()
        async with jane:
            for n in range(10):
                await jane.say(f"line {n}")
        welcome = await ada.connect()
        assert not welcome.resumed
        assert "too many" in welcome.why
        await ada.close()


async def test_readers_live_through_kill_and_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_desk(tmp_path_factory.mktemp("killed") / "home", env=ROOMY) as desk:
        admin = staff_of(desk)
        invite = desk.post("/v1/invites", {"name": "Ada", "role": "agent"}, desk.token())
        admin.token = desk.post("/v1/login", {"code": invite["code"], "device": "laptop"})["token"]
        jane = visitor_of(desk)
        await admin.connect()
        await jane.connect()
        acked = []
        for n in range(50):
            await jane.say(f"line {n}")
            acked.append(f"line {n}")
        await asyncio.to_thread(desk.kill)
        assert await admin.closed() == 1006
        await asyncio.to_thread(desk.start)
        assert (await admin.connect()).resumed
        assert (await jane.connect()).resumed
        await jane.say("afterwards")
        conversation = (await admin.sees("afterwards"))["conversation"]
        told = [entry.get("body") for entry in admin.entries(conversation) if entry["kind"] == "public"]
        assert told == [*acked, "afterwards"]
        assert admin.gaps == jane.gaps == []
        await admin.close()
        await jane.close()


async def test_typing_is_relayed_and_ends_by_itself(tmp_path_factory: pytest.TempPathFactory) -> None:
    env = {**ROOMY, "AGENT_TUI_DESK_TYPING_MS": "200"}
    with running_desk(tmp_path_factory.mktemp("typing") / "home", env=env) as desk:
        async with staff_of(desk) as ada, staff_of(desk, "Ben") as ben, visitor_of(desk) as jane:
            await jane.say("hello, typing")
            conversation = (await ada.sees("hello, typing"))["conversation"]
            await ada.ask(c.Subscribe, conversations=(conversation,))
            await jane.ask(c.Writing, on=True)
            await ada.until(lambda: [e["on"] for e in ada.now if e["e"] == "typing"] == [True, False])
            assert not [e for e in ben.now if e["e"] == "typing"], "not subscribed"
            await ada.ask(c.Typing, conversation=conversation, on=True)
            await jane.until(lambda: [e["on"] for e in jane.now if e["e"] == "agent_types"] == [True, False])
            await ada.ask(c.Typing, conversation=conversation, on=True, note=True)
            await ben.ask(c.Subscribe, conversations=(conversation,))
            await ada.ask(c.Typing, conversation=conversation, on=False)
            await ada.ask(c.Typing, conversation=conversation, on=True, note=True)
            await ben.until(lambda: [e for e in ben.now if e["e"] == "typing" and e["on"] and e.get("note")])
            assert len([e for e in jane.now if e["e"] == "agent_types"]) == 2, "a note's typing is not for the customer"


async def test_typing_ends_with_the_line_and_when_the_chat_changes_hands(desk: DeskProcess) -> None:
    async with staff_of(desk) as ada, staff_of(desk, "Ben") as ben, visitor_of(desk) as jane:
        assert ada.welcome
        assert ben.welcome
        await jane.say("hello, hands")
        conversation = (await ada.sees("hello, hands"))["conversation"]
        await ada.ask(c.Subscribe, conversations=(conversation,))
        await ada.ask(c.Claim, conversation=conversation)
        await jane.ask(c.Writing, on=True)
        await jane.say("and a question")
        await ada.until(lambda: [e["on"] for e in ada.now if e["e"] == "typing"] == [True, False])
        await ada.ask(c.Typing, conversation=conversation, on=True)
        await ada.ask(c.Transfer, conversation=conversation, to=ben.welcome.you.id, expect_owner=ada.welcome.you.id)
        await jane.until(lambda: [e["on"] for e in jane.now if e["e"] == "agent_types"] == [True, False])


async def test_staff_see_the_page_open_and_close(tmp_path_factory: pytest.TempPathFactory) -> None:
    env = {**ROOMY, "AGENT_TUI_DESK_PAGE_GRACE_MS": "100"}
    with running_desk(tmp_path_factory.mktemp("page") / "home", env=env) as desk:
        async with staff_of(desk) as ada:
            jane = visitor_of(desk)
            await jane.connect()
            await jane.say("hello, page")
            conversation = (await ada.sees("hello, page"))["conversation"]
            await jane.drop()
            left = await ada.until(lambda: [e for e in ada.now if e["e"] == "here" and not e["present"]])
            assert left[0]["conversation"] == conversation
            await jane.connect()
            await ada.until(lambda: [e for e in ada.now if e["e"] == "here" and e["present"]])
            await jane.close()


async def test_a_supervisor_watches_unseen(desk: DeskProcess) -> None:
    async with staff_of(desk) as ada, visitor_of(desk) as jane, staff_of(desk, "Sue", "supervisor") as sue:
        await jane.say("hello, watcher")
        conversation = (await sue.sees("hello, watcher"))["conversation"]
        before = len(ada.events), len(ada.now)
        await sue.ask(c.Subscribe, conversations=(conversation,))
        desk.get(f"/v1/conversations/{conversation}/entries", sue.token)
        await sue.close()
        await jane.say("still here")
        await ada.sees("still here")
        news = [e for e in ada.events[before[0] :] if e["e"] not in ("entry", "conversation")]
        assert news == []
        assert "Sue" not in str(ada.now) + str(jane.history)


def audit_lines(desk: DeskProcess, action: str) -> list[tuple[str, int, str]]:
    """Who did it, where, and the detail."""
    with contextlib.closing(sqlite3.connect(f"file:{desk.home}/desk.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT actor_name, conversation, detail FROM audit WHERE action = ?", (action,)).fetchall()


async def test_watching_leaves_an_audit_line(desk: DeskProcess) -> None:
    conversation = await conversation_with(desk, "hello, audit")
    async with staff_of(desk, "Sam", "supervisor") as sam, staff_of(desk, "Ada") as ada:
        await sam.ask(c.Subscribe, conversations=(conversation,))
        await ada.ask(c.Subscribe, conversations=(conversation,))
        await sam.ask(c.Subscribe, conversations=(conversation,))
        assert "Sam" not in str(audit_lines(desk, "watched"))
        await sam.ask(c.Subscribe)
        assert ("Sam", conversation, "0 s") in audit_lines(desk, "watched")
        assert "Ada" not in str(audit_lines(desk, "watched"))


async def test_what_a_supervisor_reads_without_watching_leaves_a_line_too(desk: DeskProcess) -> None:
    conversation = await conversation_with(desk, "hello, quiet reader")
    async with staff_of(desk, "Rita", "supervisor") as rita, staff_of(desk, "Ada") as ada:
        for token in (rita.token, ada.token):
            desk.get(f"/v1/conversations/{conversation}/entries", token)
            desk.get(f"/v1/conversations/{conversation}", token)
        lines = audit_lines(desk, "watched")
        # two where the minute changed between the two
        assert 1 <= lines.count(("Rita", conversation, "read")) <= 2
        assert "Ada" not in str(lines)
        other = await conversation_with(desk, "hello, searched quixotically")
        while not desk.get("/v1/search?text=quixotically", rita.token)["hits"]:
            await asyncio.sleep(0.05)
        assert ("Rita", other, "read") in audit_lines(desk, "watched")
        seen = await conversation_with(desk, "hello, watched")
        await rita.ask(c.Subscribe, conversations=(seen,))
        desk.get(f"/v1/conversations/{seen}/entries", rita.token)
        await rita.ask(c.Subscribe)
        assert [line for line in audit_lines(desk, "watched") if line[1] == seen] == [("Rita", seen, "0 s")]


async def test_a_restored_copy_begins_a_new_epoch_and_readers_are_told(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_desk(tmp_path_factory.mktemp("restored") / "home", env=ROOMY) as desk:
        token, _ = desk.visitor()
        jane = VisitorClient(desk.socket_url, lambda: desk.ticket(token))
        await jane.connect()
        await jane.say("before the copy")
        await jane.drop()
        await asyncio.to_thread(desk.stop)
        copy = (desk.home / "desk.db").read_bytes()
        await asyncio.to_thread(desk.start)
        await jane.connect()
        await jane.say("after the copy")
        await jane.drop()
        await asyncio.to_thread(desk.stop)
        (desk.home / "desk.db").write_bytes(copy)
        await asyncio.to_thread(desk.start)
        seen_again = len(jane.events)
        welcome = await jane.connect()
        assert not welcome.resumed
        assert "restored" in welcome.why
        await jane.until(lambda: jane.cursor.isdigit())
        told = [event["line"]["body"] for event in jane.events[seen_again:] if event["e"] == "line"]
        assert told == ["before the copy"]
        await jane.close()
