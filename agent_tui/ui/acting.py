"""What the actions that change something do: each a wish, about the conversation named in the header."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.content import Content

from agent_tui.core import select
from agent_tui.model.conversation import Conversation
from agent_tui.model.words import Availability, EntryKind, Outcome, Stage
from agent_tui.model.words import State as Life
from agent_tui.ports import intents as i
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.flagging import flag
from agent_tui.ui.looking import Doing, shown
from agent_tui.ui.screens.question import Answer, Question
from agent_tui.ui.times import snooze_choices

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen

BLOCK_HOURS: Final = (("h", "one hour", 1), ("d", "a day", 24), ("w", "a week", 168), ("y", "a year", 8_760))
OUTCOME_KEYS: Final[dict[str, Outcome]] = {
    "s": Outcome.SOLVED,
    "b": Outcome.BOUGHT,
    "l": Outcome.LEAD,
    "o": Outcome.LOST,
    "r": Outcome.REFERRED,
    "n": Outcome.NO_ANSWER,
    "x": Outcome.SPAM,
    "u": Outcome.UNKNOWN,
}
STAGE_KEYS: Final[dict[str, Stage]] = {
    "a": Stage.AWARENESS,
    "i": Stage.INTEREST,
    "e": Stage.EARLY,
    "m": Stage.MID,
    "c": Stage.CLOSING,
    "s": Stage.SUPPORT,
}
AVAILABILITY_KEYS: Final[dict[str, Availability]] = {
    "a": Availability.AVAILABLE,
    "f": Availability.FINISHING,
    "b": Availability.BREAK,
    "c": Availability.ON_A_CALL,
    "w": Availability.AWAY,
}


def named(console: ConsoleScreen) -> Conversation | None:
    """The record of the conversation named in the header; where there is none, that is said."""
    ref = shown(console)
    record = console.state.conversations.get(ref) if ref else None
    if ref is not None and record is None:
        console.say("This chat is not here yet: nothing was done.")
    return record


def _take_next(console: ConsoleScreen) -> None:
    console.wish(i.TakeNext(), "")


def _note(console: ConsoleScreen) -> None:
    if shown(console) is not None:
        console.chat.composer.switch_kind()
        console.status.redraw()


def _write(console: ConsoleScreen) -> None:
    if shown(console) is not None:
        console.remove_class("-list")
        console.chat.composer.focus_text()


def _write_note(console: ConsoleScreen) -> None:
    if shown(console) is not None:
        console.remove_class("-list")
        if console.chat.composer.draft.kind is not EntryKind.NOTE:
            console.chat.composer.switch_kind()
        console.chat.composer.focus_text()


def _send(console: ConsoleScreen) -> None:
    if shown(console) is not None:
        console.say("Enter in the composer sends: i goes there.")


def _withdraw(console: ConsoleScreen) -> None:
    record = named(console)
    if record is not None:
        console.withdrawing.withdraw(record)


def resolve(console: ConsoleScreen, record: Conversation, after: Callable[[bool], None] | None = None) -> None:
    """Ask how it went, on one key, then resolve; `after(done)` once the desk answered."""

    def answer(outcome: Outcome | None) -> None:
        if outcome is None:
            if after:
                after(False)
            return
        done = f"{select.name_of(record)} resolved: {outcome.value}"
        console.wish(i.Resolve(record.ref, outcome), done, after=after)

    drafts = console.account.drafts() if console.account else ()
    know = "What you were writing here is not sent: it stays a draft." if record.ref in drafts else ""
    title = _about("Resolve", record, "how did it go?")
    console.app.push_screen(Question(title, _outcomes(record), know=know), answer)


def _resolve(console: ConsoleScreen) -> None:
    record = named(console)
    if record is not None and record.state is Life.RESOLVED:
        console.say("It is resolved already: O changes the outcome, R reopens it.")
    elif record is not None:
        resolve(console, record)


def _resolve_next(console: ConsoleScreen) -> None:
    record = named(console)
    if record is None:
        return

    def next_one(done: bool) -> None:
        if done:
            console.close_tab(record.ref)
            console.do("chat.most_urgent")

    resolve(console, record, next_one)


def _reopen(console: ConsoleScreen) -> None:
    record = named(console)
    if record is None:
        return
    if record.state in (Life.RESOLVED, Life.SNOOZED):
        console.wish(i.Reopen(record.ref), f"{select.name_of(record)} reopened")
    else:
        console.say(f"It is {record.state.value}: there is nothing to reopen.")


def snooze(console: ConsoleScreen, record: Conversation, after: Callable[[bool], None] | None = None) -> None:
    """Ask until when, then put it away."""

    def answer(until_ms: int | None) -> None:
        if until_ms is not None:
            console.wish(i.Snooze(record.ref, until_ms), f"{select.name_of(record)} snoozed", after=after)
        elif after:
            after(False)

    choices = snooze_choices(console.options.clock(), console.options.zone)
    answers = [Answer(c.key, plain(c.words), c.until_ms, plain(c.when, "$muted")) for c in choices]
    console.app.push_screen(Question(_about("Snooze", record, "until when?"), answers), answer)


def _snooze(console: ConsoleScreen) -> None:
    record = named(console)
    if record is not None:
        snooze(console, record)


def transfer(console: ConsoleScreen, record: Conversation, after: Callable[[bool], None] | None = None) -> None:
    """Ask to whom, people who are present first, then hand over."""

    def answer(to: str | None) -> None:
        if to is None:
            if after:
                after(False)
            return
        whom = next((agent.name for agent in select.colleagues(console.state) if agent.id == to), "the queue")
        owner = record.owner.id if record.owner else ""
        console.wish(i.Transfer(record.ref, to, owner), f"{select.name_of(record)} handed to {whom}", after=after)

    answers = [
        Answer(
            str(number) if number < 10 else "",
            words.text(agent.name),
            str(agent.id),
            plain(agent.availability.value, "$success" if agent.availability is Availability.AVAILABLE else "$muted"),
        )
        for number, agent in enumerate(select.colleagues(console.state), start=1)
    ]
    answers.append(Answer("q", plain("back to the queue"), ""))
    console.app.push_screen(Question(_about("Hand over", record, "to whom?"), answers), answer)


def _transfer(console: ConsoleScreen) -> None:
    record = named(console)
    if record is not None:
        transfer(console, record)


def _claim(console: ConsoleScreen) -> None:
    record = named(console)
    if record is None:
        return
    if select.is_mine(console.state, record):
        console.say("It is yours already.")
    else:
        owner = record.owner.id if record.owner else ""
        console.wish(i.Claim(record.ref, owner), f"{select.name_of(record)} is yours")


def _stage(console: ConsoleScreen) -> None:
    record = named(console)
    if record is None:
        return

    def answer(stage: Stage | None) -> None:
        if stage is not None:
            console.wish(i.SetStage(record.ref, stage), f"Stage: {stage.value}")

    answers = [
        Answer(key, plain(stage.value), stage, plain(_stage_note(record, stage), "$muted"))
        for key, stage in STAGE_KEYS.items()
    ]
    first = list(STAGE_KEYS.values()).index(record.stage)
    asked = "which stage?" if record.stage_set else "Enter confirms the guess"
    console.app.push_screen(Question(_about("Stage of", record, asked), answers, first=first), answer)


def _outcome(console: ConsoleScreen) -> None:
    record = named(console)
    if record is None:
        return

    def answer(outcome: Outcome | None) -> None:
        if outcome is not None:
            console.wish(i.SetOutcome(record.ref, outcome), f"Outcome: {outcome.value}")

    console.app.push_screen(Question(_about("Outcome of", record, "how did it go?"), _outcomes(record)), answer)


def _no_answer(console: ConsoleScreen) -> None:
    record = named(console)
    if record is None:
        return
    if record.waiting_since_ms is None:
        console.say(f"{select.name_of(record)} does not wait for an answer.")
    else:
        console.wish(i.SetNeedsAnswer(record.ref, needed=False), f"{select.name_of(record)} needs no answer")


def _block(console: ConsoleScreen) -> None:
    record = named(console)
    if record is None:
        return
    now_ms = console.options.clock()
    if (record.customer.blocked_until_ms or 0) > now_ms:
        console.wish(i.Block(record.ref, 0), "Block lifted")
        return

    def ask_reason(hours: int | None) -> None:
        if hours is None:
            return
        from agent_tui.ui.screens.asking import AskText

        def block(reason: str | None) -> None:
            if reason:
                until_ms = now_ms + hours * 3_600_000
                console.wish(i.Block(record.ref, until_ms, reason), f"{select.name_of(record)} blocked")
            elif reason is not None:
                console.say("A block needs a reason: nobody was blocked.")

        title = _about("Block", record, "why?")
        console.app.push_screen(AskText(title, "", enter="Enter blocks", hint="the reason, for colleagues"), block)

    answers = [Answer(key, plain(label), hours) for key, label, hours in BLOCK_HOURS]
    console.app.push_screen(Question(_about("Block", record, "for how long?"), answers), ask_reason)


def _flag(console: ConsoleScreen) -> None:
    record = named(console)
    if record is not None:
        flag(console, record)


def _availability(console: ConsoleScreen) -> None:
    def answer(value: Availability | None) -> None:
        if value is not None:
            console.wish(i.SetAvailable(value), f"You are {value.value}")

    now = select.availability(console.state)
    answers = [
        Answer(key, plain(value.value), value, plain("now" if value is now else "", "$muted"))
        for key, value in AVAILABILITY_KEYS.items()
    ]
    console.app.push_screen(Question(plain("What can you be asked for?", "bold"), answers), answer)


def _end_shift(console: ConsoleScreen) -> None:
    from agent_tui.ui.leaving import end_shift

    end_shift(console)


def _undo(console: ConsoleScreen) -> None:
    console.undo_last()


def _outcomes(record: Conversation) -> list[Answer[Outcome]]:
    return [
        Answer(key, plain(outcome.value), outcome, plain("now" if outcome is record.outcome else "", "$muted"))
        for key, outcome in OUTCOME_KEYS.items()
    ]


def _stage_note(record: Conversation, stage: Stage) -> str:
    if stage is not record.stage:
        return stage.department
    return f"{stage.department}, set" if record.stage_set else f"{stage.department}, guessed"


def _about(verb: str, record: Conversation, question: str) -> Content:
    return words.joined(
        plain(f"{verb} "),
        words.text(select.name_of(record), "bold $customer"),
        plain(f"{select.label_beside(record)}: {question}"),
    )


ACTING: Final[dict[str, Doing]] = {
    "queue.take_next": _take_next,
    "compose.note": _note,
    "compose.send": _send,
    "compose.newline": _write,
    "compose.take_back": _write,
    "compose.write": _write,
    "compose.write_note": _write_note,
    "entry.withdraw": _withdraw,
    "chat.resolve": _resolve,
    "chat.resolve_next": _resolve_next,
    "chat.reopen": _reopen,
    "chat.snooze": _snooze,
    "chat.transfer": _transfer,
    "chat.claim": _claim,
    "chat.stage": _stage,
    "chat.outcome": _outcome,
    "chat.no_answer_needed": _no_answer,
    "chat.flag": _flag,
    "chat.block": _block,
    "me.availability": _availability,
    "me.end_shift": _end_shift,
    "app.undo": _undo,
}
