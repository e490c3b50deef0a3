"""Notices call when somebody waits, again until it was seen, and never with a customer's words."""

import pytest

from agent_tui.config.settings import NoticeSettings
from agent_tui.model.words import State
from agent_tui.ui import notices
from agent_tui.ui.notices import ASSIGNED, LATE, NEW_CHAT, desktop_notice, passes_tmux
from tests.ui.console_of import Console, console
from tests.ui.people import JANE, LEA, RUBENS


def collect(it: Console, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    called: list[str] = []
    monkeypatch.setattr(it.screen.notices, "call", called.append)
    return called


async def test_who_waits_already_at_the_start_does_not_call(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console() as it:
        called = collect(it, monkeypatch)
        for _ in range(3):
            it.screen.notices.tick()
        assert called == []


async def test_a_new_chat_a_handed_one_and_a_limit_passed_call_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console() as it:
        it.screen.notices.tick()
        called = collect(it, monkeypatch)
        new = it.desk.conversation(50, "Kim")
        it.desk.customer_says(new, "Secret words of Kim")
        await it.settle()
        it.screen.notices.tick()
        it.screen.notices.tick()
        assert called == [NEW_CHAT]
        it.desk.change(RUBENS, owner=it.desk.conversations[JANE].owner)
        await it.settle()
        it.screen.notices.tick()
        assert called == [NEW_CHAT, ASSIGNED]
        it.clock.pass_ms(200_000)
        it.screen.notices.tick()
        assert called == [NEW_CHAT, ASSIGNED, LATE]


async def test_it_is_repeated_until_a_key_says_that_it_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(notices=NoticeSettings(repeat_s=30)) as it:
        it.screen.notices.tick()
        called = collect(it, monkeypatch)
        now = it.app.now_s()
        it.desk.change(RUBENS, state=State.WAITING, owner=None, waiting_since_ms=it.clock())
        await it.settle()
        it.screen.notices.tick()
        for later in (10, 31, 40, 62):
            monkeypatch.setattr(type(it.app), "now_s", lambda self, at=now + later: at)
            it.screen.notices.tick()
        assert called == [NEW_CHAT] * 3
        await it.press("j")
        monkeypatch.setattr(type(it.app), "now_s", lambda self: now + 120)
        it.screen.notices.tick()
        assert called == [NEW_CHAT] * 3


async def test_what_is_sent_holds_no_word_of_a_customer(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console() as it:
        sent: list[str] = []
        monkeypatch.delenv("TMUX", raising=False)
        monkeypatch.setattr(it.screen.notices, "_write", sent.append)
        it.desk.customer_says(LEA, "Hebben jullie een geheim?")
        for words in (NEW_CHAT, ASSIGNED, LATE):
            it.screen.notices.call(words)
        it.screen.do("app.test_notices")
        names = [record.customer.name for record in it.desk.conversations.values() if record.customer.name]
        assert sent
        assert not any(name in text or "geheim" in text for name in names for text in sent)


def test_inside_tmux_a_notice_is_wrapped() -> None:
    plain, wrapped = desktop_notice("Hello", in_tmux=False), desktop_notice("Hello", in_tmux=True)
    assert plain == "\x1b]9;Hello\x1b\\\x1b]777;notify;agent-tui;Hello\x1b\\"
    assert wrapped.startswith("\x1bPtmux;\x1b\x1b]9;Hello\x1b\x1b\\\x1b\\")


def test_a_tmux_that_cannot_be_asked_passes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert passes_tmux() is False


async def test_a_setting_silences_each_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    for settings, expected in (
        (NoticeSettings(bell=True, desktop=False), [notices.BELL]),
        (NoticeSettings(bell=False, desktop=True), [desktop_notice("x", in_tmux=False)]),
        (NoticeSettings(bell=False, desktop=False), []),
    ):
        async with console(notices=settings) as it:
            sent: list[str] = []
            monkeypatch.setattr(it.screen.notices, "_write", sent.append)
            it.screen.notices.call("x")
            assert sent == expected


async def test_who_handed_a_chat_over_is_said_and_stands_in_its_row_until_it_is_opened() -> None:
    async with console() as it:
        it.screen.notices.tick()
        it.desk.system_says(RUBENS, "transferred", "Ruben", "Ada")
        it.desk.change(RUBENS, owner=it.desk.conversations[JANE].owner)
        await it.settle()
        it.screen.notices.tick()
        assert it.last_row == "Ruben handed you Sofie."
        await it.settle()
        it.screen.redraw_lists()
        await it.settle()
        assert "from Ruben" in it.text
        it.screen.show(RUBENS)
        await it.settle()
        assert "from Ruben" not in it.text


async def test_a_chat_i_claimed_was_handed_over_by_nobody() -> None:
    async with console() as it:
        it.screen.notices.tick()
        it.desk.system_says(RUBENS, "transferred", "Zoë", "Ruben")
        it.desk.system_says(RUBENS, "took_over", "Ada", "Ruben")
        it.desk.change(RUBENS, owner=it.desk.conversations[JANE].owner)
        await it.settle()
        it.screen.notices.tick()
        assert "handed you" not in it.last_row
        assert it.screen.handed == {}
