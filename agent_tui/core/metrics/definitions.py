"""What each figure means, word for word. The monitor's `d` key, the report and the docs are made from this table."""

from typing import Final, NamedTuple

from agent_tui.model.figures import Figure, Panel, Unit

WITHIN_MS: Final = 40_000
"""The service level's limit: the 40 s after which LiveChat marks a customer as not answered."""


class Definition(NamedTuple):
    """One figure."""

    title: str
    panel: Panel
    unit: Unit
    text: str


DEFINITIONS: Final[dict[Figure, Definition]] = {
    Figure.WAITING: Definition(
        "waiting", Panel.QUEUE, Unit.COUNT, "Conversations in the queue at this moment: no agent has them."
    ),
    Figure.UNANSWERED: Definition(
        "customers without an answer",
        Panel.QUEUE,
        Unit.COUNT,
        "Customers whose newest line has no answer at this moment, in the queue or with an agent."
        " Lines an agent marked as needing no answer don't count.",
    ),
    Figure.LONGEST_WAIT: Definition(
        "longest wait",
        Panel.QUEUE,
        Unit.TIME,
        "The longest of those waits, from the customer's oldest unanswered line until now; only time in which we are"
        " open counts.",
    ),
    Figure.BEGUN: Definition(
        "began", Panel.QUEUE, Unit.COUNT, "Conversations whose customer wrote the first line within the period."
    ),
    Figure.ABANDONED: Definition(
        "abandoned",
        Panel.QUEUE,
        Unit.SHARE,
        "Of the conversations that began within the period: those that ended before any agent had written to the"
        " customer. Spam is left out.",
    ),
    Figure.FIRST_ANSWER: Definition(
        "average to first answer",
        Panel.QUEUE,
        Unit.TIME,
        "Of the conversations that began within the period and were answered: the average from the customer's first"
        " line to an agent's first line; only time in which we are open counts. Spam is left out.",
    ),
    Figure.SERVICE_LEVEL: Definition(
        "answered within 40 s",
        Panel.SERVICE,
        Unit.SHARE,
        "Of the conversations that began within the period: those whose first answer came within 40 s after the"
        " customer's first line; only time in which we are open counts. One that ended without an answer counts as not"
        " answered in time, one that still waits counts once its 40 s are over. Spam is left out.",
    ),
    Figure.AVAILABLE: Definition(
        "available", Panel.AGENTS, Unit.COUNT, "Agents and admins who can be given a conversation at this moment."
    ),
    Figure.HERE: Definition(
        "here", Panel.AGENTS, Unit.COUNT, "Agents and admins who are connected, or lost their connection moments ago."
    ),
    Figure.OPEN: Definition(
        "open", Panel.AGENTS, Unit.COUNT, "Conversations that an agent has at this moment; snoozed ones don't count."
    ),
    Figure.RESOLVED: Definition(
        "resolved",
        Panel.AGENTS,
        Unit.COUNT,
        "Of the conversations that began within the period: those that are resolved now.",
    ),
    Figure.CALLS_WANTED: Definition(
        "asked for a call",
        Panel.CALLS,
        Unit.COUNT,
        "Conversations that began within the period in which the customer asked to be called.",
    ),
    Figure.CALLS_OFFERED: Definition(
        "calls offered",
        Panel.CALLS,
        Unit.COUNT,
        "Conversations that began within the period in which an agent offered a call.",
    ),
    Figure.CALLS_MADE: Definition(
        "calls made",
        Panel.CALLS,
        Unit.COUNT,
        "Calls that were begun in conversations which began within the period, each try counted.",
    ),
    Figure.CALLS_REACHED: Definition(
        "calls reached", Panel.CALLS, Unit.SHARE, "Of the calls made: those in which the customer was reached."
    ),
    Figure.PROOF_USED: Definition(
        "proof sent",
        Panel.PROOF,
        Unit.COUNT,
        "Testimonials and sources sent to customers in conversations that began within the period.",
    ),
    Figure.PROOF_REFUSED: Definition(
        "proof refused",
        Panel.PROOF,
        Unit.COUNT,
        "Testimonials and sources that were not let through to a customer (no consent, out of date, withdrawn) in"
        " conversations that began within the period.",
    ),
    Figure.SAID_YES: Definition(
        "helped: yes",
        Panel.END,
        Unit.SHARE,
        "Of the conversations that began within the period whose customer answered the question at the end: who said"
        " yes.",
    ),
    Figure.SAID_PARTLY: Definition(
        "helped: partly",
        Panel.END,
        Unit.SHARE,
        "Of the conversations that began within the period whose customer answered the question at the end: who said"
        " partly.",
    ),
    Figure.SAID_NO: Definition(
        "helped: no",
        Panel.END,
        Unit.SHARE,
        "Of the conversations that began within the period whose customer answered the question at the end: who said"
        " no.",
    ),
}

STAGES_HERE: Final = (
    "Here: share of our conversations that began within the period, by stage. Guessed: from the page the chat began on."
    " Set: an agent said so. These sum to 100 %."
)
STAGES_STUDY: Final = (
    "Study: share of online customers who use chat at this stage. One customer may use it at several, so these sum to"
    " more than 100 %. Source: Aberdeen Group, as reported in an article on live chat."
)
CHANNELS_HERE: Final = "Here: our contacts that began within the period, by the channel they came in by."
CHANNELS_STUDY: Final = (
    "Study: what consumers choose (ICMI, formerly J.D. Power; Kayako), and what organisations believe they prefer"
    " (Kayako)."
)
OUTCOMES_BY_STAGE: Final = (
    "Of our conversations that began within the period, by stage: how many went to a call, are resolved, ended with a"
    " purchase, and are resolved without anybody having said how it went."
)
