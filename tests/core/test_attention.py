"""Ranking by need."""

from msgspec.structs import replace

from agent_tui.core.attention import LIMIT_MS, Urgency, by_need, clock, urgency, wait_ms
from agent_tui.model.conversation import Conversation, Owner
from agent_tui.model.ids import AgentId, ConversationRef, OrderKey
from agent_tui.model.people import Customer
from agent_tui.model.text import SafeText
from agent_tui.model.words import Outcome, Stage, State

NOW = 1_000_000_000


def conversation(ref: str, stage: Stage, waited_s: int | None, owner: str = "") -> Conversation:
    return Conversation(
        ref=ConversationRef(ref),
        label=f"c{ref}",
        revision=1,
        state=State.WAITING,
        stage=stage,
        stage_set=False,
        outcome=Outcome.UNKNOWN,
        customer=Customer(id=ref),
        created_ms=NOW - 3_600_000,
        last_key=OrderKey(1),
        last_ms=NOW,
        last_preview=SafeText(""),
        owner=Owner(AgentId(owner), SafeText(owner)) if owner else None,
        waiting_since_ms=None if waited_s is None else NOW - waited_s * 1000,
    )


def test_the_wait_is_weighed_by_the_limit_of_its_stage() -> None:
    closing = conversation("1", Stage.CLOSING, 80)
    awareness = conversation("2", Stage.AWARENESS, 100)
    assert by_need([awareness, closing], "ada", NOW) == ["1", "2"]


def test_only_mine_and_nobodys_count_and_only_who_waits() -> None:
    chats = [
        conversation("1", Stage.MID, 50, owner="ruben"),
        conversation("2", Stage.MID, None, owner="ada"),
        conversation("3", Stage.MID, 20, owner="ada"),
        conversation("4", Stage.MID, 10),
    ]
    assert by_need(chats, "ada", NOW) == ["3", "4"]


def test_nobody_waits_in_a_resolved_one() -> None:
    resolved = replace(conversation("1", Stage.MID, 50), state=State.RESOLVED)
    assert wait_ms(resolved, NOW) is None
    assert urgency(resolved, NOW) is Urgency.NOBODY_WAITS


def test_urgency_at_its_edges() -> None:
    limit_s = LIMIT_MS[Stage.MID] // 1000
    assert urgency(conversation("1", Stage.MID, 0), NOW) is Urgency.WAITING
    assert urgency(conversation("1", Stage.MID, limit_s * 2 // 3), NOW) is Urgency.SOON
    assert urgency(conversation("1", Stage.MID, limit_s - 1), NOW) is Urgency.SOON
    assert urgency(conversation("1", Stage.MID, limit_s), NOW) is Urgency.LATE


def test_a_clock_that_runs_behind_never_shows_a_negative_wait() -> None:
    assert wait_ms(conversation("1", Stage.MID, -30), NOW) == 0


def test_clock_reads_as_people_say_it() -> None:
    waits = (0, 42_000, 725_000, 11_400_000, 200_000_000)
    assert [clock(ms) for ms in waits] == ["0:00", "0:42", "12:05", "3h10", "2d"]


def test_a_wait_counts_only_the_time_we_were_open() -> None:
    asked = conversation("1", Stage.MID, 3_600)
    closed = ((NOW - 3_000_000, NOW - 100_000), (NOW + 1_000_000, NOW + 9_000_000))
    assert wait_ms(asked, NOW, closed) == 3_600_000 - 2_900_000
    assert wait_ms(asked, NOW, ((0, NOW + 1),)) == 0
    assert urgency(conversation("2", Stage.MID, 50_000), NOW, LIMIT_MS, ((0, NOW - 1_000),)) is Urgency.WAITING


def test_who_waited_overnight_does_not_come_before_who_waits_now() -> None:
    overnight, now = conversation("1", Stage.SUPPORT, 40_000), conversation("2", Stage.MID, 50)
    assert by_need([overnight, now], "ada", NOW) == ["1", "2"]
    assert by_need([overnight, now], "ada", NOW, closed=((0, NOW - 60_000),)) == ["2", "1"]
