"""A callback that was claimed: its own number is checked anew, F9 dials it, Esc gives it back."""

import msgspec
import pytest

from agent_tui.model.call import CallKind, CallState, Number, Reason
from agent_tui.model.ids import AgentId
from agent_tui.model.text import clean
from tests.ui.people import JANE
from tests.ui.test_call_card import AtJane, at_jane, stop

OTHER = Number("+31622348888", region="NL")


def claimed(jane: AtJane) -> None:
    jane.it.desk.phone.add(
        JANE, "call-2", kind=CallKind.CALLBACK, state=CallState.CLAIMED, agent=AgentId("ada"), agent_name=clean("Ada"),
        number=OTHER, last4=OTHER.last4, requested_ms=jane.it.clock() + 1, lease_until_ms=jane.it.clock() + 120_000,
    )  # fmt: skip


async def test_after_another_call_in_the_chat_it_is_checked_anew_by_its_own_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_jane(monkeypatch) as jane:
        await jane.f9()
        await jane.pass_s(5)
        jane.it.desk.phone.moves(next(iter(jane.it.desk.phone.calls)), CallState.ENDED, Reason.CUSTOMER_NO_ANSWER)
        await jane.it.settle()
        await jane.press("escape")
        claimed(jane)
        await jane.it.settle()
        assert "CALL Jane" not in jane.it.text, "nothing is looked at before somebody asks"
        await jane.f9()
        assert jane.it.asked("check_call")[-1][1] == OTHER.e164
        await jane.press("escape")
        assert "CALL Jane" not in jane.it.text
        assert jane.reached[-1] == "release_call"


async def test_f9_dials_it_after_the_countdown(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch) as jane:
        jane.it.desk.phone.checks = msgspec.structs.replace(jane.it.desk.phone.checks, number=OTHER)
        claimed(jane)
        await jane.it.settle()
        await jane.f9()
        assert jane.it.asked("check_call")[-1][1] == OTHER.e164
        await jane.pass_s(5)
        assert jane.reached == ["request_call", "dial_call"]
        assert jane.it.asked("request_call")[-1][2] == OTHER.e164
        assert jane.it.asked("dial_call") == [("call-2",)]


async def test_where_something_stands_in_its_way_esc_gives_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_jane(monkeypatch, stop("outside_hours", "It is 23:00 for the customer.", passable=True)) as jane:
        claimed(jane)
        await jane.it.settle()
        await jane.f9()
        assert "It is 23:00" in jane.it.text
        await jane.press("escape")
        assert jane.reached == ["release_call"]
        assert "went back to the queue" in jane.it.last_row
        assert "CALL Jane" not in jane.it.text
