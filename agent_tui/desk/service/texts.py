"""Texts from outside on their way to the disk: checked against the limits, card numbers masked, else unchanged."""

import re

from agent_tui.core.cards import mask_cards
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.limits import Limits

_key = re.compile(r"[0-9A-Za-z-]{8,64}")


def checked_body(body: str, limits: Limits) -> str:
    """A message as it is stored. Raises `Refusal`."""
    if not body or body.isspace():
        raise Refusal(Code.BAD_VALUE, "The message is empty.")
    if len(body) > limits.message_code_points:
        raise Refusal(
            Code.TOO_LONG,
            f"The message has {len(body):,} characters; the limit is {limits.message_code_points:,}. Send it in parts.",
        )
    size = _bytes(body)
    if size > limits.message_bytes:
        raise Refusal(
            Code.TOO_LONG, f"The message has {size:,} bytes; the limit is {limits.message_bytes:,}. Send it in parts."
        )
    return mask_cards(body)


def checked_name(name: str, what: str, limits: Limits) -> str:
    """A name, an address, a reason as it is stored. Raises `Refusal`."""
    _check_short(name, what, limits)
    return mask_cards(name).strip()


def checked_id(signed: str, limits: Limits) -> str:
    """A site's id of its customer, exactly as it was signed: two that look alike are two. Raises `Refusal`."""
    _check_short(signed, "signed id", limits)
    return signed


def checked_key(cid: str) -> str:
    """A client's key for a message. Raises `Refusal`."""
    if not _key.fullmatch(cid):
        raise Refusal(Code.BAD_VALUE, "`cid` is a UUIDv7 made when the message was sent.")
    return cid


def _check_short(text: str, what: str, limits: Limits) -> None:
    if len(text) > limits.name_code_points:
        raise Refusal(
            Code.TOO_LONG, f"The {what} has {len(text):,} characters; the limit is {limits.name_code_points:,}."
        )
    _bytes(text)


def _bytes(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise Refusal(Code.BAD_VALUE, "The text has half a character in it (a lone surrogate).") from None
