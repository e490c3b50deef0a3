"""The bench's conversations, made by rule: of 200,000 messages none needs to be kept, on either side."""

from __future__ import annotations

import re

from agent_tui.model.words import AuthorKind, Availability, EntryKind, HowKnown, Outcome, Role, Stage, State
from agent_tui.protocol.commands import You
from agent_tui.protocol.records import (
    WireAgent,
    WireAuthor,
    WireConversation,
    WireCustomer,
    WireEntry,
    WireHours,
    WireOwner,
)

CONVERSATIONS = 60
MINE = range(1, 13)
"""The agent's own: a tab each."""
WAITING = range(13, 16)
"""Customers in the queue: the only ones whose wait is counted."""
LARGE = (1, 2)
"""The two whose history is as long as the scenario asks."""

YOU = You("bench-agent", "Ada", Role.AGENT)
AGENTS = [
    WireAgent(YOU.id, YOU.name, YOU.role, Availability.AVAILABLE, 0),
    WireAgent("bench-colleague", "Ruben", Role.AGENT, Availability.AVAILABLE, 0),
]
HOURS = WireHours(open=True, time_zone="Europe/Amsterdam")

MARKER = re.compile(rb"m(\d+)n(\d{6})")
"""What stands in a message so that the harness finds it again among the bytes of the terminal."""

_SECONDS_APART = 30
_WORDS = (
    "hello could you tell me whether the order from last week has left your warehouse already",
    "de levering is nog niet aangekomen en ik zou graag willen weten wanneer die wel komt",
    "thanks that helps a lot and one more thing is the larger size still in stock today",
    "goed om te horen dan wacht ik nog even op bericht van de bezorger zelf morgen",
)
_NAMES = ("Jane", "Piet", "Omar", "Lea", "Tom", "Ana", "Noor", "Sven", "Mila", "Bram", "Eva", "Luuk")


def marker(conversation: int, index: int) -> str:
    """The text that names message ``index`` (from 0) of a conversation, and no other."""
    return f"m{conversation}n{index:06d}"


def customer_name(conversation: int) -> str:
    return f"{_NAMES[conversation % len(_NAMES)]} {conversation}"


def entry(conversation: int, index: int, now_ms: int, stored: int) -> WireEntry:
    """Message ``index`` of a conversation with ``stored`` messages at ``now_ms``: about 90 characters, the marker
    first so that no wrapping ever divides it.
    """
    return WireEntry(
        seq=index + 1,
        kind=EntryKind.PUBLIC,
        by=WireAuthor(AuthorKind.CUSTOMER, customer_name(conversation), f"customer-{conversation}"),
        at=now_ms - 1000 * _SECONDS_APART * max(0, stored - index),
        body=f"{marker(conversation, index)} {_WORDS[index % len(_WORDS)]}",
        cid=f"0190a000-0000-7000-8000-{conversation:04x}{index:08x}",
    )


def record(conversation: int, stored: int, now_ms: int) -> WireConversation:
    """The record of a conversation that has ``stored`` messages."""
    mine, waiting = conversation in MINE, conversation in WAITING
    owner = WireOwner(YOU.id, YOU.name) if mine else WireOwner(AGENTS[1].id, AGENTS[1].name)
    return WireConversation(
        id=conversation,
        revision=1,
        state=State.WAITING if waiting else State.OPEN,
        stage=Stage.SUPPORT,
        stage_set=True,
        outcome=Outcome.UNKNOWN,
        customer=WireCustomer(
            id=f"customer-{conversation}",
            name=customer_name(conversation),
            name_known=HowKnown.TYPED,
            language="nl",
            page_title="Pricing",
            page_url="https://shop.example/pricing",
            present=True,
        ),
        created=now_ms - 86_400_000,
        last_seq=stored,
        last_at=now_ms - 60_000,
        preview=f"a question of {customer_name(conversation)}",
        owner=None if waiting else owner,
        waiting_since=now_ms - 60_000 if waiting else None,
    )
