"""Ways to reach a customer, as they are shown: enough to recognise one, too little to be read off a screen."""

from typing import Final

from agent_tui.model.text import SafeText

_FEWEST_DIGITS: Final = 6
"""Fewer than this are no telephone number."""


def masked(phone: SafeText) -> SafeText:
    """A number with all but its last four digits hidden, and its country code left."""
    digits = [index for index, character in enumerate(phone) if character.isdigit()]
    hidden = set(digits[2:-4] if phone.startswith("+") else digits[:-4])
    return SafeText("".join("•" if index in hidden else character for index, character in enumerate(phone)))


def ending(last4: str) -> SafeText:
    """A number of which no more is known, or told, than how it ends."""
    return SafeText(f"•••• {last4}" if last4 else "••••")


def masked_mail(address: SafeText) -> SafeText:
    """A mail address of which only the first letter and the domain are shown."""
    name, at, domain = address.partition("@")
    return SafeText(f"{name[:1]}{'•' * max(1, len(name) - 1)}{at}{domain}") if at else address


def masked_contact(told: SafeText) -> SafeText:
    """What a customer left of themselves, parts between commas: addresses and numbers masked, a name as it is."""
    return SafeText(", ".join(_masked_part(SafeText(part)) for part in told.split(", ")))


def _masked_part(part: SafeText) -> SafeText:
    if "@" in part:
        return masked_mail(part)
    return masked(part) if sum(character.isdigit() for character in part) >= _FEWEST_DIGITS else part
