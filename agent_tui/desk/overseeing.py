"""What the routes for monitors do: figures and what stands behind them, replay, contacts by leave, who watched,
whether the audit is whole."""

import random
from typing import Final

from agent_tui.desk.asked import Asked
from agent_tui.desk.board import midnight
from agent_tui.desk.store import insight, standing_at
from agent_tui.model.figures import Figure
from agent_tui.model.words import Role
from agent_tui.protocol import requests as r
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.pushes import BoardNow

_LIST_USUAL: Final = 50
_LIST_MOST: Final = 200
_STEPS_USUAL: Final = 200
_STEPS_MOST: Final = 1_000
_STANDING_USUAL: Final = 50
_STANDING_MOST: Final = 100
_SAMPLE_USUAL: Final = 10
_DAY_MS: Final = 24 * 3_600_000
_CONTACTS = "Numbers and addresses are masked for supervisors here. An admin can allow it: supervisors_see_contacts."
_CHANCE = random.SystemRandom()


async def board(asked: Asked) -> BoardNow:
    """The figures of this moment."""
    await asked.desk.wall.look_beside()
    return asked.desk.board.now()


async def behind(asked: Asked) -> r.ConversationPage:
    """The conversations behind a figure of today."""
    word, start = asked.word("figure"), asked.number("after") or 0
    if word not in set(Figure):
        raise Refusal(Code.BAD_VALUE, f"There is no figure {word[:30]!r}; figures are {', '.join(Figure)}.")
    size = asked.page_size(_LIST_USUAL, _LIST_MOST)
    numbers = asked.desk.board.behind(Figure(word))
    page = await asked.desk.service.conversations_of(numbers[start : start + size])
    return r.ConversationPage(page, str(start + size) if start + size < len(numbers) else "")


async def sample(asked: Asked) -> r.ConversationPage:
    """Resolved conversations of the last 30 days, picked by chance."""
    size, since = asked.page_size(_SAMPLE_USUAL, _LIST_USUAL), asked.desk.now_ms() - 30 * _DAY_MS
    numbers = await asked.desk.store.read(lambda db: insight.resolved_since(db, since))
    picked = _CHANCE.sample(numbers, min(size, len(numbers)))
    return r.ConversationPage(await asked.desk.service.conversations_of(picked))


async def replay(asked: Asked) -> r.StepPage:
    """What happened in a time, with who watched and what was refused."""
    since, until = asked.number("since") or 0, asked.number("until") or asked.desk.now_ms()
    conversation, size = asked.number("conversation") or 0, asked.page_size(_STEPS_USUAL, _STEPS_MOST)
    after = insight.place_of(asked.word("after"))
    steps, end = await asked.desk.store.read(lambda db: insight.steps(db, since, until, conversation, after, size))
    # a record has a preview: whose record is handed out was read, also where no line of theirs is
    concerned = sorted({step.conversation for step in steps})
    await asked.desk.watching.read(asked.actor, concerned)
    return r.StepPage(steps, end, await asked.desk.service.conversations_of(concerned))


async def standing(asked: Asked) -> r.StandingPage:
    """What was open at a moment, and how it stood."""
    at, after = asked.number("at") or 0, asked.number("after")
    size, present = asked.page_size(_STANDING_USUAL, _STANDING_MOST), asked.desk.store.present.__contains__
    found, end = await asked.desk.store.read(lambda db: standing_at.standing(db, at, after, size, present))
    await asked.desk.watching.read(asked.actor, [one.record.id for one in found])
    return r.StandingPage(found, str(end) if end else "")


async def unmasked(asked: Asked) -> r.UnmaskedPage:
    """Numbers and addresses of one conversation, where an admin allows supervisors to see them."""
    if asked.actor.role is Role.SUPERVISOR and not asked.desk.settings.supervisors_see_contacts:
        raise Refusal(Code.NOT_ALLOWED, _CONTACTS)
    number, size = asked.place("conversation"), asked.page_size(_STEPS_USUAL, _STEPS_MOST)
    record = await asked.desk.service.conversation(asked.actor.id, number)
    page = await asked.desk.service.entries(number, limit=size)
    # written down before it is shown: where that can't be, nothing is shown
    await asked.desk.watching.saw_contacts(asked.actor, number)
    return r.UnmaskedPage(record, page.entries)


async def report(asked: Asked) -> r.ReportPart:
    """Counts of what began within a time; ask for it in parts, they add up."""
    since, until = asked.number("since") or 0, asked.number("until") or asked.desk.now_ms()
    if until <= since:
        raise Refusal(Code.BAD_VALUE, "A report's end has to be after its beginning.")
    hours = asked.desk.service.opening_hours()
    now = asked.desk.now_ms()
    return await asked.desk.store.read(lambda db: insight.report_part(db, since, until, hours, now))


async def watched(asked: Asked) -> r.WatchedPage:
    """Who watched one's own conversations; by default from the next day on. An admin sees all at once."""
    size, before = asked.page_size(_LIST_USUAL, _LIST_MOST), asked.number("after")
    actor, desk = asked.actor, asked.desk
    own = "" if actor.role is Role.ADMIN else actor.id
    days = desk.settings.watched_shown_after_days
    until = desk.now_ms()
    if own and days:
        until = midnight(until, desk.service.opening_hours().time_zone) - (days - 1) * _DAY_MS
    found, end = await desk.store.read(lambda db: insight.watched(db, own, until, before, size))
    return r.WatchedPage(found, str(end) if end else "")


async def audit_check(asked: Asked) -> r.AuditChecked:
    """Whether the audit is as it was written, line by line."""
    return await asked.desk.store.read(insight.audit_checked)
