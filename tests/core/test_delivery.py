"""The outbox's rules, one case a line."""

import msgspec
import pytest

from agent_tui.core import delivery
from agent_tui.model.conversation import Owner
from agent_tui.model.ids import AgentId, ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.text import SafeText
from agent_tui.model.words import EntryKind, State
from agent_tui.ports import errors as x
from tests.core.test_reduce import record

BOB = Owner(AgentId("bob"), SafeText("Bob"))
ADA = Owner(AgentId("ada"), SafeText("Ada"))
MINUTE = 60_000


def item(number: int = 1, ref: str = "42", state: Delivery = Delivery.WAITING, **more: object) -> Outgoing:
    made = Outgoing(
        ClientId(f"cid-{number}"), ConversationRef(ref), EntryKind.PUBLIC, "hi", 0, OrderKey(4), OrderKey(3), state
    )
    return msgspec.structs.replace(made, **more)


@pytest.mark.parametrize(
    ("rows", "busy", "heads"),
    [
        ([], set(), []),
        ([item(2), item(1)], set(), [1]),
        ([item(1), item(2, "7")], set(), [1, 2]),
        ([item(1), item(2, "7")], {"42"}, [2]),
        ([item(1, state=Delivery.SENDING), item(2)], set(), []),
        ([item(1, state=Delivery.HELD), item(2)], set(), []),
        ([item(1, state=Delivery.UNSURE), item(2)], set(), []),
        ([item(1, state=Delivery.FAILED), item(2)], set(), [2]),
        ([item(1, state=Delivery.SENT), item(2)], set(), [2]),
    ],
)
def test_only_the_head_of_each_line_may_leave(
    rows: list[Outgoing], busy: set[ConversationRef], heads: list[int]
) -> None:
    assert [row.cid for row in delivery.heads_of_line(rows, busy)] == [f"cid-{number}" for number in heads]


@pytest.mark.parametrize(
    ("row", "conversation", "now_ms", "reason"),
    [
        (item(), record(owner=ADA), 10 * MINUTE, ""),
        (item(), record(owner=ADA), 10 * MINUTE + 1, "10 minutes ago"),
        (item(), None, 0, ""),
        (item(), None, 11 * MINUTE, "11 minutes ago"),
        (item(), None, 9 * 60 * MINUTE, "9 hours ago"),
        (item(), None, 60 * 60 * MINUTE, "2 days ago"),
        (item(), record(owner=BOB), 0, "Bob has taken"),
        (item(owner_then="bob"), record(owner=BOB), 0, ""),
        (item(owner_then="ada"), record(owner=None), 0, ""),
        (item(), record(state=State.RESOLVED), 0, "resolved since"),
        (item(resolved_then=True), record(state=State.RESOLVED), 0, ""),
        (item(kind=EntryKind.NOTE), record(owner=BOB, state=State.RESOLVED), 99 * MINUTE, ""),
        (delivery.let_go(item(), 0), record(owner=BOB), 0, ""),
        (delivery.let_go(item(), 0), record(owner=BOB), 11 * MINUTE, "11 minutes ago"),
    ],
)
def test_what_is_held(row: Outgoing, conversation: object, now_ms: int, reason: str) -> None:
    why = delivery.reason_to_hold(row, conversation, "ada", now_ms)  # type: ignore[arg-type]
    assert reason in why if reason else why == ""


@pytest.mark.parametrize(
    ("error", "state", "attempted"),
    [
        (x.Crossed("look", ()), Delivery.HELD, False),
        (x.Refused("no"), Delivery.FAILED, False),
        (x.Forbidden("no"), Delivery.FAILED, False),
        (x.NotFound("no"), Delivery.FAILED, False),
        (x.Unsupported("no"), Delivery.FAILED, False),
        (x.Unreachable("lost"), Delivery.WAITING, True),
        (x.ServerTrouble("full"), Delivery.WAITING, True),
        (x.RateLimited("slow"), Delivery.WAITING, True),
        (x.AuthExpired("gone"), Delivery.WAITING, True),
    ],
)
def test_what_an_error_leaves_behind(error: x.PortError, state: Delivery, attempted: bool) -> None:
    after = delivery.after_error(delivery.on_its_way(item()), error)
    assert (after.state, after.attempted, after.why) == (state, attempted, str(error))


def test_where_a_repeat_is_not_harmless_a_lost_answer_is_unsure() -> None:
    lost = delivery.after_error(delivery.on_its_way(item()), x.Unreachable("lost"), repeatable=False)
    assert (lost.state, lost.attempted) == (Delivery.UNSURE, True)
    refused = delivery.after_error(delivery.on_its_way(item()), x.Refused("no"), repeatable=False)
    assert refused.state is Delivery.FAILED


def test_let_go_is_not_crossed_again_and_its_age_counts_anew() -> None:
    gone = delivery.let_go(delivery.held(item(), "look again"), 5)
    assert (gone.state, gone.why, gone.seen, gone.draft_begun, gone.written_ms) == (
        Delivery.WAITING,
        "",
        delivery.EVERYTHING_SEEN,
        delivery.EVERYTHING_SEEN,
        5,
    )
