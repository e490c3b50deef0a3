"""Proof in messages: refused or kept with its message, counted, and whoever goes round the console meets the gate."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent_tui.core.library.wording import as_sent
from agent_tui.desk.service import Actor
from agent_tui.desk.store import proof
from agent_tui.model.ids import uuid7
from agent_tui.model.snippet import AnySnippet, Consent, NamedAs, Scope
from agent_tui.model.uses import Uses
from agent_tui.model.words import Outcome, Stage
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code, ErrorAnswer
from agent_tui.protocol.library import RefusedCount, WireProof
from agent_tui.storage.library.writing import as_toml
from tests.desk.people import START_MS, DeskInTest
from tests.desk.service.phones import PhoneDesk
from tests.library_files import QUOTE, canned, said_by_umbra, source

TODAY = date.fromtimestamp(START_MS / 1000)
AGREED = Consent(Scope.EXTERNAL, NamedAs.FULL, TODAY - timedelta(100))
UMBRA = msgspec.structs.replace(said_by_umbra(AGREED), checked_on=TODAY)
PARTNER = msgspec.structs.replace(
    said_by_umbra(AGREED, relationship="Umbra is a partner of ours"), id="umbra-partner", checked_on=TODAY,
    texts=(msgspec.structs.replace(UMBRA.texts[0], text="Nobody here would go back to the old way of working, ever."),),
)  # fmt: skip
TNO = msgspec.structs.replace(source(), checked_on=TODAY, published_on=TODAY - timedelta(300))
OLD = msgspec.structs.replace(TNO, id="old-study", checked_on=TODAY - timedelta(400))
BARE = msgspec.structs.replace(TNO, id="bare-study", url="")
DAY_MS = 24 * 3_600_000


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskInTest]:
    library = tmp_path / "desk" / "library"
    library.mkdir(parents=True)
    team: tuple[AnySnippet, ...] = (UMBRA, PARTNER, TNO, OLD, BARE, canned("Hello {{customer.name}}"))
    text = "\n".join(map(as_toml, team))
    (library / "all.toml").write_text(text, encoding="utf-8")
    started = DeskInTest(tmp_path / "desk")
    yield started
    await started.service.library.end()
    started.store.close()


def send(conversation: int, body: str, *snippets: Any, cid: str = "", kind: str = "public") -> c.Send:
    proved = tuple(WireProof(each.id, each.revision, "en") for each in snippets)
    return c.Send(
        0, conversation=conversation, cid=cid or uuid7(), kind=kind, body=body, seen_seq=999, draft_seq=999,  # type: ignore[arg-type]
        proof=proved,
    )  # fmt: skip


async def chat(desk: DeskInTest, **said: str) -> tuple[Actor, Actor]:
    """Ada, and Jane who has written."""
    ada, jane = await desk.connected("Ada"), await desk.visitor(**said)
    await desk.says(jane)
    return ada, jane


def uses(desk: DeskInTest, snippet: str) -> list[dict[str, Any]]:
    return [
        msgspec.structs.asdict(use) for use in desk.store.read_now(lambda db: proof.who_got(db, snippet, None, 99))[0]
    ]


def refusals(desk: DeskInTest) -> list[RefusedCount]:
    return desk.store.read_now(proof.refused)


async def test_a_use_is_kept_with_its_message(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    stored = await desk.does(ada, send(1, as_sent(UMBRA, "en"), UMBRA))
    (use,) = uses(desk, UMBRA.id)
    assert (use["conversation"], use["seq"], use["at"], use["agent"]) == (1, stored.seq, stored.at, "Ada")
    assert (use["revision"], use["language"], use["stage"], use["recognised"]) == (3, "en", Stage.AWARENESS, False)


async def test_the_same_message_again_is_one_use(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    command = send(1, as_sent(UMBRA, "en"), UMBRA)
    assert await desk.does(ada, command) == await desk.does(ada, command)
    assert len(uses(desk, UMBRA.id)) == 1


async def test_words_that_were_copied_are_recognised_and_counted(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    await desk.does(ada, send(1, f"somebody wrote: {QUOTE}"))
    assert [use["recognised"] for use in uses(desk, UMBRA.id)] == [True]


@pytest.mark.parametrize(
    ("body", "declared", "rule", "snippet"),
    [
        (as_sent(UMBRA, "en").replace("two whole", "nine whole"), UMBRA, "changed quotation", UMBRA.id),
        (as_sent(TNO, "en").replace("41%", "61%"), TNO, "changed figure", TNO.id),
        (as_sent(BARE, "en"), BARE, "incomplete source", BARE.id),
        (as_sent(PARTNER, "en").partition("\n")[0], PARTNER, "disclosure", PARTNER.id),
        ("Hello {{customer.name}}", canned("Hello {{customer.name}}"), "unfilled field", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
async def test_the_gate_refuses_here_too(desk: DeskInTest, body: str, declared: Any, rule: str, snippet: str) -> None:
    ada, _ = await chat(desk)
    answer = await desk.refused(Code.PROOF_REFUSED, ada, send(1, body, declared))
    assert (answer.rule, answer.snippet) == (rule, snippet)
    assert await desk.codes(1) == ["hello"], "nothing was stored, and nobody has taken the chat"
    assert refusals(desk) == ([RefusedCount(snippet, rule, 1)] if snippet else [])
    assert uses(desk, declared.id) == []


async def test_a_refusal_is_kept_once_however_often_its_message_comes(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    command = send(1, as_sent(BARE, "en"), BARE)
    for _ in range(3):
        await desk.refused(Code.PROOF_REFUSED, ada, command)
    assert refusals(desk) == [RefusedCount(BARE.id, "incomplete source", 1)]


async def test_a_console_tells_what_its_own_gate_stopped(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    told = c.ProofStopped(
        0, report=uuid7(), conversation=1, snippet=UMBRA.id, revision=3, language="en", rule="withdrawn", at=START_MS
    )
    assert await desk.does(ada, told) == await desk.does(ada, told) == c.Done(1)
    assert refusals(desk) == [RefusedCount(UMBRA.id, "withdrawn", 1)]
    for odd in ({"snippet": "Not an id"}, {"revision": 0}, {"language": "dutch"}, {"rule": "\x1b[2J"}, {"report": ""}):
        await desk.refused(Code.BAD_VALUE, ada, msgspec.structs.replace(told, **odd))
    await desk.refused(Code.NOT_FOUND, ada, msgspec.structs.replace(told, conversation=9))


async def test_a_warning_lets_it_through_and_is_kept(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    await desk.does(ada, send(1, as_sent(OLD, "en"), OLD))
    assert [use["warned"] for use in uses(desk, OLD.id)] == ["unchecked"]


async def test_the_admins_file_decides_and_a_broken_one_loosens_nothing(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    policy = desk.folder / "gate.toml"
    policy.write_text('unchecked = "refuse"\nincomplete_source = "allow"\n', encoding="utf-8")
    await desk.does(ada, send(1, as_sent(BARE, "en"), BARE))
    assert (await desk.refused(Code.PROOF_REFUSED, ada, send(1, as_sent(OLD, "en"), OLD))).rule == "unchecked"
    policy.write_text('incomplete_sauce = "allow"\n', encoding="utf-8")
    desk.service.library.files_changed()
    while not any("gate.toml" in problem for problem in desk.service.library.page("", "").problems):
        await desk.says(await desk.visitor())
    said = desk.service.library.page("", "").problems[-1]
    assert "Did you mean `incomplete_source`?" in said
    await desk.refused(Code.PROOF_REFUSED, ada, send(1, as_sent(BARE, "en"), BARE))


async def test_a_note_is_the_teams_own(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    await desk.does(ada, send(1, as_sent(BARE, "en"), BARE, kind="note"))
    assert uses(desk, BARE.id) == []
    assert refusals(desk) == []


async def test_a_snippet_of_another_layer_is_counted_and_its_withdrawal_holds(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    own = msgspec.structs.replace(UMBRA, id="my-own")
    await desk.does(ada, send(1, "They are happy.", own))
    assert len(uses(desk, "my-own")) == 1
    desk.store.write_now(lambda tx: proof.set_withdrawn(tx, "my-own", desk.clock.now, ada.id))
    assert (await desk.refused(Code.PROOF_REFUSED, ada, send(1, "They are happy.", own))).rule == "withdrawn"


async def test_nothing_slips_through_after_a_withdrawal(desk: DeskInTest) -> None:
    """The send is asked in its own transaction, whatever was read of the files before."""
    ada, _ = await chat(desk)
    await desk.does(ada, send(1, as_sent(UMBRA, "en"), UMBRA))
    desk.store.write_now(lambda tx: proof.set_withdrawn(tx, UMBRA.id, desk.clock.now, ada.id))
    for body in (as_sent(UMBRA, "en"), f"copied: {QUOTE}"):
        answer = await desk.refused(Code.PROOF_REFUSED, ada, send(1, body))
        assert "withdrew consent" in answer.detail
    desk.store.write_now(lambda tx: proof.lift_withdrawal(tx, UMBRA.id))
    await desk.does(ada, send(1, as_sent(UMBRA, "en"), UMBRA))


def counted(desk: DeskInTest, snippet: str) -> dict[Stage, Uses]:
    return {count.stage: count.uses for count in desk.store.read_now(proof.counts) if count.snippet == snippet}


async def test_what_counts_as_answered(desk: DeskInTest) -> None:
    ada, jane = await chat(desk)
    await desk.does(ada, send(1, as_sent(TNO, "en"), TNO))
    assert counted(desk, TNO.id) == {Stage.AWARENESS: Uses(1, 0, 0)}
    desk.clock.pass_by(DAY_MS)
    await desk.says(jane, "interesting")
    assert counted(desk, TNO.id) == {Stage.AWARENESS: Uses(1, 1, 0)}
    await desk.does(ada, send(1, as_sent(TNO, "en"), TNO))
    desk.clock.pass_by(DAY_MS + 1)
    await desk.says(jane, "still there?")
    assert counted(desk, TNO.id) == {Stage.AWARENESS: Uses(2, 1, 0)}


async def test_what_went_before_a_sale(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    await desk.does(ada, send(1, as_sent(TNO, "en"), TNO))
    await desk.does(ada, c.SetStage(0, conversation=1, stage=Stage.CLOSING))
    await desk.does(ada, c.SetOutcome(0, conversation=1, outcome=Outcome.BOUGHT))
    assert counted(desk, TNO.id) == {Stage.AWARENESS: Uses(1, 0, 1)}
    await desk.does(ada, send(1, as_sent(UMBRA, "en"), UMBRA))
    assert counted(desk, UMBRA.id) == {Stage.CLOSING: Uses(1, 0, 0)}, "they had bought already"


async def test_a_message_that_was_withdrawn_counts_no_more_and_is_recalled_all_the_same(desk: DeskInTest) -> None:
    ada, _ = await chat(desk)
    stored = await desk.does(ada, send(1, as_sent(TNO, "en"), TNO))
    await desk.does(ada, c.Withdraw(0, conversation=1, seq=stored.seq))
    assert counted(desk, TNO.id) == {}
    assert [use["withdrawn"] for use in uses(desk, TNO.id)] == [True]


@pytest.mark.parametrize(
    "odd",
    [
        (WireProof("Umbra", 1, "en"),),
        (WireProof("umbra", -1, "en"),),
        (WireProof("umbra", 2**40, "en"),),
        (WireProof("umbra", 1, "\x1b["),),
        tuple(WireProof(f"umbra-{number}", 1, "en") for number in range(21)),
    ],
)
async def test_proof_of_the_wrong_form_is_refused(desk: DeskInTest, odd: tuple[WireProof, ...]) -> None:
    ada, _ = await chat(desk)
    answer: ErrorAnswer = await desk.refused(Code.BAD_VALUE, ada, msgspec.structs.replace(send(1, "hi"), proof=odd))
    assert "\x1b" not in answer.detail


async def test_what_went_before_a_call(tmp_path: Path) -> None:
    desk = PhoneDesk(tmp_path / "with-phone")
    await desk.service.calls.start()
    ada, early = await desk.connected("Ada"), WireProof("said-early", 1, "en")
    try:
        _, number = await desk.customer()
        await desk.does(ada, msgspec.structs.replace(send(number, "One says so."), proof=(early,)))
        desk.clock.pass_by(1)
        await desk.in_call(ada, number)
        desk.clock.pass_by(1)
        late = msgspec.structs.replace(send(number, "And another."), proof=(WireProof("said-late", 1, "en"),))
        await desk.does(ada, late)
        assert [uses.went_before for uses in counted(desk, "said-early").values()] == [1]
        assert [uses.went_before for uses in counted(desk, "said-late").values()] == [0]
    finally:
        await desk.service.library.end()
        await desk.service.calls.stop()
        desk.store.close()
