"""Handing a number to the agent's own telephone: a code for its camera, a link, the desktop's opener."""

from __future__ import annotations

from collections.abc import Sequence

from agent_tui.model.call import Call, Number


def hand_over(call: Call) -> str:
    """Whether the number can be shown to be dialled; a sentence where not. Nothing is opened without a key."""
    return "" if call.number is not None else "The desk did not tell the number: nothing was handed over."


def code_rows(e164: str) -> Sequence[str]:
    """The rows of a QR code that calls this number."""
    return ()


def open_on_this_machine(number: Number) -> str:
    """Give the number to the desktop's telephone program; what became of it is not known here."""
    return "This machine has no telephone program."
