"""The telephone on the customer's page: asking to be called, being asked, and how a call stands."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, expect

from agent_tui.model.call import CallState
from agent_tui.model.ids import uuid7
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import commands as c
from agent_tui.protocol.call_records import CallNow
from tests.clients import StaffClient
from tests.desk.widget.conftest import ROOM, OpenVisitor
from tests.desk.widget.visitor import Visitor
from tests.desk_process import DeskProcess, running_desk
from tests.hostile import hostile_strings

NUMBER = "06-12345678"
SHOWN = "•••• 5678"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture(scope="module")
def telephone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    """A desk that calls: numbers are Dutch, no hours are set, agents hand a number to their own telephone."""
    env = {**ROOM, "AGENT_TUI_DESK_PHONE_REGION": "NL", "AGENT_TUI_DESK_PHONE_CALLER_ID": "+31201234567"}
    with running_desk(tmp_path_factory.mktemp("telephone") / "desk", env=env) as desk:
        yield desk


def agent(desk: DeskProcess) -> StaffClient:
    return StaffClient(desk.socket_url, desk.token("Ada", role="agent"))


def state(visitor: Visitor) -> Locator:
    return visitor.page.locator("#call-says")


def form(visitor: Visitor) -> Locator:
    return visitor.page.locator("#call")


async def open_form(visitor: Visitor) -> Locator:
    """By the menu, as a customer does it; the number's field."""
    await visitor.page.locator("#menu-button").click()
    await visitor.page.locator("#menu-call").click()
    field = form(visitor).locator("[name=number]")
    await expect(field).to_be_focused()
    return field


async def ask_to_be_called(visitor: Visitor, number: str = NUMBER) -> None:
    field = await open_form(visitor)
    await field.fill(number)
    await field.press("Enter")


async def writing_to(ada: StaffClient, visitor: Visitor, text: str) -> int:
    """The customer writes, Ada takes the conversation."""
    await visitor.write(text)
    conversation: int = (await ada.sees(text))["conversation"]
    await ada.ask(c.Claim, conversation=conversation)
    await expect(visitor.log).to_contain_text("Ada")
    return conversation


def calls_seen(ada: StaffClient, conversation: int) -> list[dict[str, Any]]:
    return [e["call"] for e in ada.events if e["e"] == "call" and e["call"]["conversation"] == conversation]


async def test_who_asks_to_be_called_is_in_the_queue_and_can_take_it_back(
    telephone: DeskProcess, new_visitor: OpenVisitor
) -> None:
    async with agent(telephone) as ada:
        jane = await new_visitor(f"{telephone.url}/")
        await ask_to_be_called(jane)
        # As soon as possible is now, or when calling hours begin where the customer is.
        await expect(state(jane)).to_contain_text(", on the number ending in 5678.")
        await expect(form(jane)).to_be_hidden()
        await expect(jane.log).to_contain_text(f"You asked to be called on {SHOWN}")
        assert NUMBER not in await jane.page.locator("body").inner_text()
        await ada.until(lambda: any(e["e"] == "call" and e["call"]["state"] == "queued" for e in ada.events))
        queued = next(e["call"] for e in ada.events if e["e"] == "call")
        assert (queued["kind"], queued["last4"], queued["basis"]["kind"]) == ("callback", "5678", "customer_request")
        assert "number" not in queued

        await jane.page.reload()
        await expect(state(jane)).to_contain_text(", on the number ending in 5678.")
        await jane.page.locator("#call-cancel").click()
        await expect(state(jane)).to_be_hidden()
        await ada.until(lambda: calls_seen(ada, queued["conversation"])[-1]["state"] == "ended")
        assert calls_seen(ada, queued["conversation"])[-1]["reason"] == "cancelled"


async def test_a_time_is_the_customer_s_own(telephone: DeskProcess, new_visitor: OpenVisitor) -> None:
    async with agent(telephone) as ada:
        jane = await new_visitor(f"{telephone.url}/", locale="nl-NL")
        field = await open_form(jane)
        await field.fill("+31 6 12 34 56 79")
        await form(jane).locator("[name=day]").select_option(label="Morgen")
        await form(jane).locator("[name=part]").select_option("1")
        await form(jane).get_by_role("button", name="Bel mij graag").click()
        await expect(state(jane)).to_contain_text("tussen 12:00 en 17:00, op het nummer dat eindigt op 5679")
        await ada.until(lambda: any(e["e"] == "call" and e["call"]["last4"] == "5679" for e in ada.events))
        queued = next(e["call"] for e in ada.events if e["e"] == "call" and e["call"]["last4"] == "5679")
        tomorrow = (datetime.now(AMSTERDAM) + timedelta(days=1)).date()
        window = [datetime.fromtimestamp(queued[key] / 1000, AMSTERDAM) for key in ("not_before", "not_after")]
        assert [(at.date(), at.hour, at.minute) for at in window] == [(tomorrow, 12, 0), (tomorrow, 17, 0)]

        await jane.page.locator("#call-change").click()
        await form(jane).locator("[name=day]").select_option("")
        await form(jane).locator("[name=number]").press("Enter")
        await expect(state(jane)).not_to_contain_text("tussen 12:00 en 17:00")
        await ada.until(lambda: calls_seen(ada, queued["conversation"])[-1]["rev"] > queued["rev"])
        assert {call["id"] for call in calls_seen(ada, queued["conversation"])} == {queued["id"]}


async def test_a_number_that_cannot_be_called_is_said_so_and_stays_to_be_mended(
    telephone: DeskProcess, new_visitor: OpenVisitor
) -> None:
    jane = await new_visitor(f"{telephone.url}/")
    field = await open_form(jane)
    for number, why in (
        ("", "That is no phone number."),
        ("06 12", "a digit too few"),
        ("0900-1234", "We can't call this kind of number."),
        ("112", "That is no phone number."),
        ("+252 61 2345678", "numbers of that country"),
    ):
        await field.fill(number)
        await field.press("Enter")
        await expect(jane.page.locator("#call-wrong")).to_contain_text(why)
        await expect(field).to_have_value(number)
    await field.fill(NUMBER)
    await field.press("Enter")
    await expect(state(jane)).to_contain_text(", on the number ending in 5678.")


async def test_hostile_text_in_the_number_field_is_refused_and_does_nothing(
    telephone: DeskProcess, new_visitor: OpenVisitor
) -> None:
    async with agent(telephone) as ada:
        mallory = await new_visitor(f"{telephone.url}/")
        field = await open_form(mallory)
        wrong = mallory.page.locator("#call-wrong")
        texts = [each.text for each in hostile_strings() if each.text.strip() and each.text.isascii()][:25]
        hostile = [
            "<img src=x onerror=alert(1)>",
            "+31612345678;rm -rf /",
            "+31612345678</Number><Number>+252612345678",
            "tel:+31612345678?x=1",
            "+31612345678/+31687654321",
            *(text for text in texts if not any("\ud800" <= sign <= "\udfff" for sign in text)),
        ]
        for text in hostile:
            # Past the field's own limit too: what a browser is made to send is not up to it.
            await field.evaluate("(field, text) => { field.removeAttribute('maxlength'); field.value = text; }", text)
            await wrong.evaluate("(wrong) => { wrong.textContent = ''; }")
            await field.press("Enter")
            await expect(wrong).not_to_be_empty()
        await field.fill("(+31) 6 1234\u202e5670")
        await field.press("Enter")
        await expect(mallory.page.locator("#call-wrong, #call-says").locator("visible=true").first).not_to_be_empty()
        seen = [e["call"]["last4"] for e in ada.events if e["e"] == "call"]
        assert all(last4.isdigit() and len(last4) == 4 for last4 in seen)
        assert len(seen) <= 1


async def test_shall_i_call_you_is_answered_with_one_press(telephone: DeskProcess, new_visitor: OpenVisitor) -> None:
    async with agent(telephone) as ada:
        jane = await new_visitor(f"{telephone.url}/")
        conversation = await writing_to(ada, jane, "The label gives an error.")
        await jane.composer.fill("half a line")
        await ada.ask(cc.OfferCall, conversation=conversation, number=NUMBER)
        await expect(state(jane)).to_have_text("May we call you on •••• 5678?")
        await expect(jane.composer).to_be_focused()
        await jane.page.get_by_role("button", name="No, stay in the chat").click()
        await expect(jane.log).to_contain_text("You said no to a call")
        await expect(state(jane)).to_be_hidden()

        await ada.ask(cc.OfferCall, conversation=conversation, number=NUMBER)
        await jane.page.get_by_role("button", name="Yes", exact=True).click()
        await expect(jane.log).to_contain_text("You said yes to a call")
        checks = await ada.ask(cc.CheckCall, conversation=conversation, number=NUMBER)
        assert checks.basis.kind == "customer_agreed"
        assert await jane.composer.input_value() == "half a line"


async def test_asked_for_a_number_the_field_is_there_and_takes_no_focus(
    telephone: DeskProcess, new_visitor: OpenVisitor
) -> None:
    async with agent(telephone) as ada:
        jane = await new_visitor(f"{telephone.url}/", locale="nl-NL")
        conversation = await writing_to(ada, jane, "Dit typt zo lastig.")
        await ada.ask(cc.OfferCall, conversation=conversation)
        field = form(jane).locator("[name=number]")
        await expect(field).to_be_visible()
        await expect(form(jane).locator("[name=day]")).to_be_hidden()
        await expect(jane.composer).to_be_focused()
        await expect(jane.log).to_contain_text("Mag ik u hierover bellen?")
        await field.fill("0900-1234")
        await field.press("Enter")
        await expect(jane.page.locator("#call-wrong")).to_contain_text("Dit soort nummer kunnen we niet bellen.")
        await field.fill(NUMBER)
        await field.press("Enter")
        await expect(jane.log).to_contain_text("U zei ja op een telefoongesprek")
        await expect(form(jane)).to_be_hidden()
        checks = await ada.ask(cc.CheckCall, conversation=conversation)
        assert checks.number.e164 == "+31612345678"


async def test_how_a_call_stands_is_said_from_the_ringing_to_the_end(
    telephone: DeskProcess, new_visitor: OpenVisitor
) -> None:
    async with agent(telephone) as ada:
        jane = await new_visitor(f"{telephone.url}/")
        conversation = await writing_to(ada, jane, "Could you call me?")
        await ada.ask(cc.OfferCall, conversation=conversation, number=NUMBER)
        await jane.page.get_by_role("button", name="Yes", exact=True).click()
        await expect(jane.log).to_contain_text("You said yes to a call")
        checks = await ada.ask(cc.CheckCall, conversation=conversation, number=NUMBER)
        passed = tuple(stop.code for stop in checks.stops if stop.passable)
        call_id = uuid7()
        asked: CallNow = await ada.ask(
            cc.RequestCall,
            call=call_id,
            conversation=conversation,
            number=NUMBER,
            provider="handover",
            confirmed=passed,
        )
        assert asked.yours
        await expect(state(jane)).to_be_hidden()  # the undo is invisible
        await ada.ask(cc.DialCall, call=call_id)
        await ada.ask(cc.ReportCall, call=call_id, state=CallState.HANDED_OVER)
        await expect(state(jane)).to_contain_text("Ada is calling you now")
        await expect(state(jane)).to_contain_text(f"the code {asked.call.code}")
        await expect(jane.log.locator(".told").last).to_contain_text(asked.call.code)
        await expect(jane.page.locator("#call-cancel")).to_be_hidden()
        await ada.ask(cc.CallOutcome, call=call_id, result="spoke", note="", cid="")
        await expect(state(jane)).to_have_text("The call has ended. You can go on here.")
        await expect(jane.log).to_contain_text("Thanks for the call.")
        await jane.page.locator("#call-close").click()
        await expect(state(jane)).to_be_hidden()


async def test_a_wish_whose_answer_was_lost_is_one_wish(telephone: DeskProcess, new_visitor: OpenVisitor) -> None:
    async with agent(telephone) as ada:
        jane = await new_visitor(f"{telephone.url}/")
        await jane.page.evaluate(
            """() => {
              const send = WebSocket.prototype.send;
              WebSocket.prototype.send = function (text) {
                send.call(this, text);
                if (!text.includes("ask_call") || window.cutOnce) return;
                window.cutOnce = true;
                setTimeout(() => this.close(), 0);
              };
            }"""
        )
        field = await open_form(jane)
        await field.fill("06-87654321")
        await field.press("Enter")
        await ada.until(lambda: any(e["e"] == "call" and e["call"]["last4"] == "4321" for e in ada.events))
        await expect(state(jane)).to_contain_text("4321")
        if await form(jane).is_visible():
            await field.press("Enter")
        await expect(form(jane)).to_be_hidden()
        assert len({e["call"]["id"] for e in ada.events if e["e"] == "call" and e["call"]["last4"] == "4321"}) == 1


async def test_where_nobody_calls_nothing_of_it_is_shown(desk: DeskProcess, new_visitor: OpenVisitor) -> None:
    jane = await new_visitor()
    await expect(jane.standing).not_to_have_text("Connecting …")
    await jane.page.locator("#menu-button").click()
    await expect(jane.page.locator("#menu-reach")).to_be_visible()
    await expect(jane.page.locator("#menu-call")).to_be_hidden()
