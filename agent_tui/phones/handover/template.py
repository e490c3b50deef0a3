"""A softphone's command, as the settings have it: checked when it is read, filled with checked digits only."""

import re
from collections.abc import Mapping
from typing import Final

from agent_tui.config.settings import SoftphoneSettings
from agent_tui.config.toml_settings import nearest
from agent_tui.model.call import Number
from agent_tui.ports.errors import Refused

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_FITS: Final[Mapping[str, re.Pattern[str]]] = {
    "e164": re.compile(r"\+[0-9]{7,15}"),
    "digits": re.compile(r"[0-9]{7,15}"),
    "zerozero": re.compile(r"00[0-9]{7,15}"),
    "tel": re.compile(r"tel:\+[0-9]{7,15}(?:;ext=[0-9]{1,8})?"),
    "ext": re.compile(r"(?:[0-9]{1,8})?"),
}
"""All that ever stands in a placeholder's place."""
_DIALS: Final = {"e164", "digits", "zerozero", "tel"}
_DIGITS: Final = re.compile(r"[0-9](?:[ ().-]{0,2}[0-9]){5,}")
_KEPT: Final = 4


def check_templates(settings: SoftphoneSettings) -> None:
    """Raises `Refused` naming the key that can't be."""
    _check("dial", settings.dial)
    _check("hangup", settings.hangup)
    if settings.dial and not _DIALS & _placeholders(settings.dial):
        raise Refused(f"`softphone.dial` has no number in it: put one of {_listed(_DIALS)} where it belongs.")
    if settings.timeout_s <= 0:
        raise Refused("`softphone.timeout_s` has to be more than 0.")


def filled(command: tuple[str, ...], number: Number) -> list[str]:
    """The program and its arguments with this number in them."""
    digits = number.e164.removeprefix("+")
    values = {
        "e164": number.e164,
        "digits": digits,
        "zerozero": f"00{digits}",
        "tel": number.tel,
        "ext": number.extension,
    }
    for name, value in values.items():
        if not _FITS[name].fullmatch(value):
            raise ValueError(f"{name} is not made of digits")
    return [_PLACEHOLDER.sub(lambda found: values[found[1]], argument) for argument in command]


def masked(text: str) -> str:
    """A program's output for the log: of a number only its last four digits."""
    return _DIGITS.sub(lambda found: f"…{re.sub('[^0-9]', '', found[0])[-_KEPT:]}", text)


def _check(key: str, command: tuple[str, ...]) -> None:
    if not command:
        return
    if " " in command[0] and len(command) == 1:
        raise Refused(f'`softphone.{key}` is a list, each argument by itself: ["program", "dial", "{{e164}}"].')
    if not command[0].strip() or _PLACEHOLDER.search(command[0]):
        raise Refused(f"`softphone.{key}` begins with the program's name, which is always the same.")
    for argument in command:
        if "\0" in argument:
            raise Refused(f"`softphone.{key}` holds a character that no argument can.")
    if unknown := _placeholders(command) - set(_FITS):
        wrong = sorted(unknown)[0]
        raise Refused(f"`softphone.{key}` wants `{{{wrong}}}`, which there is not. {nearest(wrong, _FITS)}")


def _placeholders(command: tuple[str, ...]) -> set[str]:
    return {name for argument in command for name in _PLACEHOLDER.findall(argument)}


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{{{name}}}`" for name in sorted(names))
