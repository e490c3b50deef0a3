"""The composer in an app: what sends and what never does, whose text it is, and that none is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.pilot import Pilot

from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.text import SafeText
from agent_tui.model.words import EntryKind
from agent_tui.ports.events import TextLimits
from agent_tui.ui.widgets import composer as composer_module
from agent_tui.ui.widgets import composer_text
from agent_tui.ui.widgets.composer import Composer, Draft, Recipient
from agent_tui.ui.widgets.composer_lines import RecipientLine, RefusalLines
from agent_tui.ui.widgets.composer_messages import DraftChanged, Left, Submitted, TakeBackAsked
from agent_tui.ui.widgets.composer_text import ComposerText, pasteable
from agent_tui.ui.widgets.transcript_source import TranscriptSource
from tests.hostile import HostileString, hostile_strings
from tests.ui.conversations import REF, chat, line, state_with
from tests.ui.hand_clock import hand_clock
from tests.ui.widget_app import WidgetApp

JANE = Recipient(SafeText("Jane"), SafeText("web chat"))
PIET = Recipient(SafeText("Piet"), SafeText("web chat"))
OTHER = ConversationRef("43")


class ComposerApp(WidgetApp):
    """Ctrl+K is the palette's."""

    BINDINGS = [Binding("ctrl+k", "palette", priority=False), Binding("pageup", "page")]
    pressed = ""

    def action_palette(self) -> None:
        self.pressed += "palette "

    def action_page(self) -> None:
        self.pressed += "page "


@asynccontextmanager
async def writing(
    draft: Draft | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[ComposerApp, Composer, Pilot[None]]]:
    app = ComposerApp()
    async with app.run_test(size=size) as pilot:
        app.transcript.show(TranscriptSource(state_with(chat(10)), REF))
        app.composer.load(REF, JANE, draft or Draft())
        app.composer.focus_text()
        await pilot.pause()
        yield app, app.composer, pilot


def submitted(app: WidgetApp) -> list[Submitted]:
    return [message for message in app.told if isinstance(message, Submitted)]


def drafts(app: WidgetApp) -> list[DraftChanged]:
    return [message for message in app.told if isinstance(message, DraftChanged)]


def told(app: WidgetApp, kind: type[Message]) -> int:
    return sum(isinstance(message, kind) for message in app.told)


def recipient_line(app: WidgetApp) -> str:
    return app.query_one(RecipientLine).render().plain


def sentence(app: WidgetApp) -> str:
    return app.query_one(RefusalLines).render().plain


async def paste(app: WidgetApp, text: str) -> None:
    app.query_one(ComposerText).post_message(events.Paste(text))


@pytest.mark.parametrize("key", ["enter", "ctrl+s"])
async def test_enter_wishes_to_send_and_keeps_the_text_until_it_is_accepted(key: str) -> None:
    async with writing() as (app, composer, pilot):
        await pilot.press(*"Yes", key)
        (message,) = submitted(app)
        assert (message.ref, message.kind, message.text) == (REF, EntryKind.PUBLIC, "Yes")
        assert composer.draft.text == "Yes"
        composer.accepted(REF)
        await pilot.pause()
        assert composer.draft == Draft()
        assert (drafts(app)[-1].ref, drafts(app)[-1].text) == (REF, "")


async def test_what_was_seen_and_when_it_was_begun_are_told() -> None:
    async with writing() as (app, _, pilot):
        await pilot.press("H")
        source = app.transcript._view.source if app.transcript._view else None
        assert source is not None
        source.transcript.put(line(11, "meanwhile"))
        app.transcript.changed()
        await asyncio.sleep(0.05)
        await pilot.press("i", "enter")
        (message,) = submitted(app)
        assert (message.draft_begun, message.seen) == (10, 11)


async def test_enter_twice_sends_once() -> None:
    async with writing() as (app, composer, pilot):
        await pilot.press(*"Yes", "enter", "enter")
        assert len(submitted(app)) == 1
        composer.refused(REF, "The outbox is full.")
        await pilot.press("enter")
        assert len(submitted(app)) == 2


async def test_nothing_is_not_sent() -> None:
    async with writing() as (app, _, pilot):
        await pilot.press("enter", "space", "ctrl+j", "enter")
        assert submitted(app) == []


@pytest.mark.parametrize("key", ["ctrl+j", "shift+enter"])
async def test_a_new_line_has_its_own_key_and_the_field_grows(key: str) -> None:
    async with writing() as (app, composer, pilot):
        await pilot.press("a", key, "b")
        await pilot.pause()
        assert composer.draft.text == "a\nb"
        assert app.query_one(ComposerText).size.height == 2
        for _ in range(12):
            await pilot.press(key)
        await pilot.pause()
        assert app.query_one(ComposerText).size.height == 8
        assert submitted(app) == []


async def test_the_field_is_as_tall_as_the_draft_that_is_loaded() -> None:
    long = "word " * 60
    app = ComposerApp()
    app.composer.load(REF, JANE, Draft(EntryKind.PUBLIC, "one\ntwo\nthree"))
    async with app.run_test(size=(80, 24)) as pilot:

        async def height() -> int:
            await pilot.pause()
            await pilot.pause()
            return app.query_one(ComposerText).size.height

        assert await height() == 3
        app.composer.load(OTHER, PIET, Draft())
        assert await height() == 1
        app.composer.load(REF, JANE, Draft(EntryKind.PUBLIC, long))
        assert await height() == 4
        await pilot.resize_terminal(160, 24)
        assert await height() == 2
        assert app.query_one(ComposerText).scroll_offset.y == 0


async def test_a_paste_never_sends_and_keeps_its_lines() -> None:
    async with writing() as (app, composer, pilot):
        await paste(app, "one\r\ntwo\rthree\n\n\n")
        await pilot.pause()
        assert composer.draft.text == "one\ntwo\nthree\n\n\n"
        assert submitted(app) == []
        assert drafts(app)[-1].text == composer.draft.text


async def test_an_enter_right_after_a_paste_is_the_pastes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with writing() as (app, _, pilot):
        clock = hand_clock(monkeypatch, composer_text)
        field = app.query_one(ComposerText)
        field.post_message(events.Paste("text"))
        field.post_message(events.Key("enter", "\r"))
        await pilot.pause()
        assert submitted(app) == []
        clock.pass_s(0.04)
        await pilot.press("enter")
        assert len(submitted(app)) == 1


@pytest.mark.parametrize("string", hostile_strings(), ids=str)
def test_what_acts_on_a_terminal_is_not_pasted(string: HostileString) -> None:
    left = pasteable(string.text)
    assert all(character in "\n\t" or character >= " " for character in left)
    assert not set(left) & set("\x7f\x9b\u202e\u2066\u2028")
    left.encode()


async def test_a_draft_that_is_loaded_is_not_typing() -> None:
    async with writing() as (app, composer, pilot):
        await pilot.press(*"for Jane")
        count = len(drafts(app))
        assert {message.ref for message in drafts(app)} == {REF}
        composer.load(OTHER, PIET, Draft(EntryKind.NOTE, "about Piet", OrderKey(3)))
        await pilot.pause()
        assert len(drafts(app)) == count
        assert composer.draft == Draft(EntryKind.NOTE, "about Piet", OrderKey(3))
        await pilot.press("!", "enter")
        assert (drafts(app)[-1].ref, drafts(app)[-1].text) == (OTHER, "about Piet!")
        (message,) = submitted(app)
        assert (message.ref, message.kind, message.draft_begun) == (OTHER, EntryKind.NOTE, 3)


async def test_undo_never_brings_back_another_conversations_text() -> None:
    async with writing() as (_, composer, pilot):
        await pilot.press(*"secret")
        composer.load(OTHER, PIET, Draft())
        await pilot.press("ctrl+z")
        assert composer.draft.text == ""


async def test_accepted_for_another_conversation_leaves_this_text_alone() -> None:
    async with writing() as (app, composer, pilot):
        await pilot.press(*"Yes", "enter")
        composer.load(OTHER, PIET, Draft(EntryKind.PUBLIC, "Yes"))
        composer.accepted(REF)
        await pilot.pause()
        assert composer.draft.text == "Yes"
        assert (drafts(app)[-1].ref, drafts(app)[-1].text) == (REF, "")


async def test_what_is_typed_before_the_answer_comes_stays() -> None:
    async with writing() as (_, composer, pilot):
        await pilot.press(*"Yes", "enter", *" and")
        composer.accepted(REF)
        await pilot.pause()
        assert composer.draft.text == " and"


async def test_a_refusal_is_said_with_what_crossed_and_enter_sends_a_little_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with writing() as (app, composer, pilot):
        clock = hand_clock(monkeypatch, composer_module)
        await pilot.press(*"Yes", "enter")
        composer.refused(REF, "Jane wrote meanwhile. Enter sends it all the same.", (line(11, "Forget [it]\n[/]"),))
        await pilot.pause()
        assert composer.draft.text == "Yes"
        assert "Jane: Forget [it]␤[/]" in sentence(app)
        assert "Jane wrote meanwhile" in sentence(app)
        await pilot.press("enter")
        assert len(submitted(app)) == 1
        clock.pass_s(0.41)
        await pilot.press("enter")
        assert len(submitted(app)) == 2
        composer.accepted(REF)
        assert sentence(app) == ""


async def test_a_note_says_so_and_becomes_public_only_when_asked_twice() -> None:
    async with writing() as (app, composer, pilot):
        assert "TO Jane · web chat" in recipient_line(app)
        composer.switch_kind()
        assert "NOTE" in recipient_line(app)
        assert "TO Jane" not in recipient_line(app)
        assert composer.has_class("-note")
        await pilot.press(*"not under 10")
        composer.switch_kind()
        assert composer.draft.kind == EntryKind.NOTE
        assert "This text becomes visible to Jane: F4 again." in sentence(app)
        await pilot.press("%")
        composer.switch_kind()
        assert composer.draft.kind == EntryKind.NOTE
        composer.switch_kind()
        await pilot.pause()
        assert [composer.draft.kind, drafts(app)[-1].kind] == [EntryKind.PUBLIC, EntryKind.PUBLIC]


async def test_what_is_to_be_known_stands_in_the_recipient_line() -> None:
    async with writing() as (app, composer, _):
        composer.set_recipient(Recipient(SafeText("Jane [b]"), SafeText("web chat"), SafeText("Jane left 3 min ago")))
        assert "TO Jane [b] · web chat · Jane left 3 min ago" in recipient_line(app)


async def test_up_on_an_empty_composer_brings_back_and_else_moves() -> None:
    async with writing() as (app, _, pilot):
        await pilot.press("up")
        assert told(app, TakeBackAsked) == 1
        await pilot.press("a", "ctrl+j", "up", "b")
        assert told(app, TakeBackAsked) == 1
        assert drafts(app)[-1].text in {"ba\n", "ab\n"}


async def test_esc_leaves_and_keeps_the_draft() -> None:
    async with writing() as (app, composer, pilot):
        await pilot.press(*"half a sent", "escape")
        assert told(app, Left) == 1
        assert composer.draft.text == "half a sent"


async def test_the_palettes_key_and_paging_reach_the_app() -> None:
    async with writing() as (app, _, pilot):
        await pilot.press("a", "ctrl+k", "pageup")
        assert app.pressed == "palette page "


@pytest.mark.parametrize("key", ["tab", "shift+tab"])
async def test_tab_does_nothing(key: str) -> None:
    async with writing() as (_app, composer, pilot):
        await pilot.press("a", key)
        assert composer.draft.text == "a"
        assert composer.has_text_focus


async def test_keys_pressed_while_the_focus_moved_by_itself_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    async with writing() as (app, composer, pilot):
        clock = hand_clock(monkeypatch, composer_text)
        app.transcript.focus()
        await pilot.pause()
        composer.focus_text(by_itself=True)
        await pilot.press("h", "i", "enter")
        assert composer.draft.text == ""
        assert submitted(app) == []
        assert "“hi”" in sentence(app)
        clock.pass_s(0.3)
        await pilot.press("tab")
        assert composer.draft.text == "hi"
        assert sentence(app) == ""


async def test_a_message_that_is_too_long_is_not_sent_and_nothing_is_lost() -> None:
    async with writing() as (app, composer, pilot):
        composer.set_limits(TextLimits(code_points=20, utf8_bytes=40))
        await pilot.press(*"1234567890123456789")
        assert "19 of 20" in recipient_line(app)
        await pilot.press(*"01", "enter")
        assert "This is 21 characters; 20 fit in one message." in sentence(app)
        assert submitted(app) == []
        assert len(composer.draft.text) == 21
        composer.load(REF, JANE, Draft(EntryKind.PUBLIC, "👩" * 11))
        await pilot.press("enter")
        assert "longer than one message can be" in sentence(app)
        assert submitted(app) == []


async def test_keys_may_be_others() -> None:
    app = ComposerApp()
    app.composer = Composer(lambda: START, {"compose.send": ("ctrl+s",), "compose.newline": ("enter",)})
    async with app.run_test() as pilot:
        app.composer.load(REF, JANE, Draft())
        app.composer.focus_text()
        await pilot.press("a", "enter", "b", "ctrl+s")
        (message,) = submitted(app)
        assert message.text == "a\nb"


async def test_the_cursor_does_not_blink() -> None:
    async with writing() as (app, _, _pilot):
        field = app.query_one(ComposerText)
        assert not field.cursor_blink
        assert field.blink_timer._active.is_set() is False
