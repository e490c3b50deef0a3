"""Send and say: stored once, in order, held where something crossed, refused in a sentence."""

import asyncio

import pytest

from agent_tui.desk.settings import DeskSettings, StageRule
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Outcome, Stage, State
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.limits import Limits
from tests.desk.people import DeskInTest


def a_send(conversation: int, body: str, *, seen: int, draft: int, cid: str = "", kind: str = "public") -> c.Send:
    return c.Send(
        0, conversation=conversation, cid=cid or uuid7(), kind=kind, body=body, seen_seq=seen, draft_seq=draft  # type: ignore[arg-type]
    )  # fmt: skip


async def test_the_first_line_begins_a_conversation_and_starts_its_clock(desk: DeskInTest) -> None:
    visitor = await desk.visitor(page_url="https://acme.example/pricing")
    assert await desk.says(visitor, "hello") == c.Stored(1, desk.clock.now)
    record = await desk.record(1)
    assert (record.state, record.waiting_since, record.preview) == (State.WAITING, desk.clock.now, "hello")
    began = desk.clock.now
    desk.clock.pass_by(5_000)
    await desk.says(visitor, "anybody?")
    assert (await desk.record(1)).waiting_since == began, "the oldest line without an answer counts"


async def test_a_reply_claims_what_nobody_has_in_the_same_breath(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    stored = await desk.sends(ada, 1, "good morning")
    assert await desk.codes(1) == ["hello", "claimed", "good morning"]
    assert stored.seq == 3
    record = await desk.record(1)
    assert record.owner is not None
    assert (record.owner.id, record.state, record.waiting_since) == (ada.id, State.OPEN, None)
    assert [line.body for line in await desk.service.visitor_lines(visitor.id, 0)] == ["hello", "", "good morning"]


async def test_a_colleague_may_reply_and_the_owner_stays(desk: DeskInTest) -> None:
    ada, bob, visitor = await desk.connected("Ada"), await desk.connected("Bob"), await desk.visitor()
    await desk.says(visitor)
    await desk.sends(ada, 1)
    await desk.says(visitor)
    await desk.sends(bob, 1)
    record = await desk.record(1)
    assert record.owner is not None
    assert record.owner.id == ada.id
    assert record.waiting_since is None


async def test_a_note_is_for_staff_and_answers_nobody(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    await desk.sends(ada, 1, "she sounds angry", kind="note", seen=0, draft=0)
    record = await desk.record(1)
    assert (record.state, record.owner, record.preview) == (State.WAITING, None, "hello")
    assert record.waiting_since is not None
    assert [line.body for line in await desk.service.visitor_lines(visitor.id, 0)] == ["hello"]
    assert await desk.codes(1) == ["hello", "she sounds angry"]


@pytest.mark.parametrize(
    ("seen", "draft", "held"),
    [
        pytest.param(6, 6, [], id="everything was on the screen"),
        pytest.param(5, 5, ["and one more thing"], id="a customer's line crossed"),
        pytest.param(6, 2, ["I have got this"], id="a colleague answered since the draft was begun"),
        pytest.param(2, 2, ["what does it cost?", "I have got this", "and one more thing"], id="both"),
        pytest.param(6, 5, [], id="a customer's line read while writing"),
    ],
)
async def test_what_was_not_seen_holds_a_reply(desk: DeskInTest, seen: int, draft: int, held: list[str]) -> None:
    ada, bob, visitor = await desk.connected("Ada"), await desk.connected("Bob"), await desk.visitor()
    await desk.says(visitor)  # 1
    await desk.sends(ada, 1, "my own line", kind="note")  # 2
    await desk.says(visitor, "what does it cost?")  # 3
    await desk.sends(bob, 1, "I have got this")  # 4 claimed, 5
    await desk.says(visitor, "and one more thing")  # 6
    command = a_send(1, "fifty", seen=seen, draft=draft)
    if not held:
        assert (await desk.does(ada, command)).seq == 7
        return
    refusal = await desk.refused(Code.CROSSED, ada, command)
    assert [entry.body for entry in refusal.entries] == held


async def test_notes_system_lines_and_own_lines_never_hold(desk: DeskInTest) -> None:
    ada, bob, visitor = await desk.connected("Ada"), await desk.connected("Bob"), await desk.visitor()
    await desk.says(visitor)
    await desk.sends(ada, 1, "one")
    await desk.sends(ada, 1, "two")
    await desk.sends(bob, 1, "psst", kind="note")
    await desk.does(bob, c.SetStage(0, conversation=1, stage=Stage.MID))
    assert (await desk.does(ada, a_send(1, "three", seen=1, draft=1))).seq == 7


async def test_own_lines_between_two_of_a_colleague_do_not_hide_hers(desk: DeskInTest) -> None:
    ada, bob, visitor = await desk.connected("Ada"), await desk.connected("Bob"), await desk.visitor()
    await desk.says(visitor)
    await desk.sends(bob, 1, "by Bob")
    await desk.sends(ada, 1, "by Ada")
    refusal = await desk.refused(Code.CROSSED, ada, a_send(1, "again", seen=9, draft=1))
    assert [entry.body for entry in refusal.entries] == ["by Bob"]


async def test_a_line_withdrawn_since_does_not_hold(desk: DeskInTest) -> None:
    ada, bob, visitor = await desk.connected("Ada"), await desk.connected("Bob"), await desk.visitor()
    await desk.says(visitor)
    await desk.sends(bob, 1, "oops")
    await desk.does(bob, c.Withdraw(0, conversation=1, seq=3))
    assert (await desk.does(ada, a_send(1, "fine", seen=1, draft=1))).seq == 4


async def test_a_repeat_gets_the_first_answer_whatever_happened_since(desk: DeskInTest) -> None:
    ada, bob, visitor = await desk.connected("Ada"), await desk.connected("Bob"), await desk.visitor()
    cid, body = uuid7(), "hello"
    first = await desk.says(visitor, body, cid)
    reply = a_send(1, "yes?", seen=1, draft=1)
    sent = await desk.does(ada, reply)
    desk.clock.pass_by(1000)
    await desk.says(visitor, "more")
    await desk.sends(bob, 1, "more")
    await desk.does(bob, c.Resolve(0, conversation=1, outcome=Outcome.SOLVED))
    before = len(desk.told)
    answers = await asyncio.gather(*(desk.does(ada, reply) for _ in range(100)))
    assert set(answers) == {sent}
    assert set(await asyncio.gather(*(desk.says(visitor, body, cid) for _ in range(100)))) == {first}
    assert len(desk.told) == before
    assert (await desk.codes(1)).count("yes?") == 1
    assert (await desk.codes(1)).count("hello") == 1


async def test_the_same_key_with_another_body_is_a_conflict(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    cid = uuid7()
    await desk.says(visitor, "hello", cid)
    await desk.refused(Code.CID_CONFLICT, visitor, c.Say(0, cid=cid, body="hello!"))
    sent = a_send(1, "one", seen=1, draft=1)
    await desk.does(ada, sent)
    await desk.refused(Code.CID_CONFLICT, ada, a_send(1, "two", seen=9, draft=9, cid=sent.cid))
    await desk.refused(Code.CID_CONFLICT, ada, a_send(1, "one", seen=9, draft=9, cid=sent.cid, kind="note"))


async def test_keys_of_two_authors_do_not_meet(desk: DeskInTest) -> None:
    cid = uuid7()
    assert (await desk.says(await desk.visitor(), "one", cid)).seq == 1
    assert (await desk.says(await desk.visitor(), "two", cid)).seq == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", Code.BAD_VALUE),
        (" \n\t ", Code.BAD_VALUE),
        ("x" * 8_001, Code.TOO_LONG),
        ("\U0001f600" * 8_001, Code.TOO_LONG),
        ("half \ud800 a character", Code.BAD_VALUE),
    ],
)
async def test_what_cannot_be_stored_is_refused_in_a_sentence(desk: DeskInTest, body: str, code: Code) -> None:
    await desk.refused(code, await desk.visitor(), c.Say(0, cid=uuid7(), body=body))


@pytest.mark.parametrize("body", ["x" * 8_000, "\U0001f600" * 8_000, "\x00\x1b[31m", "\u202eabc"])
async def test_what_can_be_stored_comes_back_as_it_was(desk: DeskInTest, body: str) -> None:
    await desk.says(await desk.visitor(), body)
    assert await desk.codes(1) == [body]


async def test_bytes_are_limited_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    small = DeskInTest(tmp_path_factory.mktemp("desk"), DeskSettings(limits=Limits(message_bytes=100)))
    await small.refused(Code.TOO_LONG, await small.visitor(), c.Say(0, cid=uuid7(), body="é" * 51))
    await small.says(await small.visitor(), "é" * 50)
    small.store.close()


@pytest.mark.parametrize("cid", ["", "short", "x" * 65, "with space in it", "\u0663" * 20])
async def test_a_key_has_to_be_one(desk: DeskInTest, cid: str) -> None:
    await desk.refused(Code.BAD_VALUE, await desk.visitor(), c.Say(0, cid=cid, body="hello"))


async def test_card_numbers_never_reach_the_disk(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    cid = uuid7()
    number = "4111 1111\u200b 1111 1111"
    await desk.says(visitor, f"my card is {number}", cid)
    await desk.says(visitor, f"my card is {number}", cid)
    await desk.sends(ada, 1, f"you said {number}", kind="note")
    await desk.does(visitor, c.Introduce(0, name=f"Jane {number}", phone="4111111111111111"))
    desk.store.close()
    for path in desk.folder.iterdir():
        raw = path.read_bytes()
        assert b"4111" not in raw, path
        assert b"\xe2\x80\xa2 1111" in raw or path.suffix != ".db"


async def test_there_is_no_such_conversation(desk: DeskInTest) -> None:
    await desk.refused(Code.NOT_FOUND, await desk.connected("Ada"), a_send(404, "hello?", seen=0, draft=0))


async def test_a_reply_to_a_resolved_conversation_waits_for_reopen_but_a_note_does_not(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    await desk.does(ada, c.Resolve(0, conversation=1))
    await desk.refused(Code.WRONG_STATE, ada, a_send(1, "one more thing", seen=9, draft=9))
    await desk.sends(ada, 1, "for the record", kind="note")


@pytest.mark.parametrize(
    ("said", "page", "stage"),
    [
        ("closing", "https://acme.example/pricing", Stage.CLOSING),
        ("", "https://acme.example/pricing/teams?x=1", Stage.MID),
        ("", "https://acme.example/help", Stage.SUPPORT),
        ("", "https://acme.example/", Stage.AWARENESS),
        ("nonsense", "", Stage.AWARENESS),
        ("", "http://[broken", Stage.AWARENESS),
    ],
)
async def test_the_first_stage_is_a_guess(
    tmp_path_factory: pytest.TempPathFactory, said: str, page: str, stage: Stage
) -> None:
    rules = (StageRule("/pricing", Stage.MID), StageRule("/help", Stage.SUPPORT))
    desk = DeskInTest(tmp_path_factory.mktemp("desk"), DeskSettings(stage_rules=rules))
    await desk.says(await desk.visitor(stage=said, page_url=page))
    record = await desk.record(1)
    assert (record.stage, record.stage_set) == (stage, False)
    desk.store.close()


async def test_commands_that_keep_nothing_are_not_the_services(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    with pytest.raises(Refusal) as caught:
        await desk.does(ada, c.Typing(0, conversation=1, on=True))
    assert caught.value.answer.code is Code.UNKNOWN_COMMAND
