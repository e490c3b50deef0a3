"""The file of alerts by threshold: `alerts.toml`. What is wrong in it names the line and what to write instead.

[[alert]]
metric = "longest_wait"
over = "5m"
for = "30s"
loud = "notice"
"""

import re
import tomllib
from pathlib import Path
from typing import Final

from agent_tui.config.toml_settings import SettingsError, line_of, nearest
from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.core.monitor.alerts import Loud
from agent_tui.core.monitor.thresholds import Threshold
from agent_tui.model.figures import Figure, Unit

EXAMPLE: Final = """\
# An alert by threshold: a figure of the board, its limit, for how long it has to be beyond it, and how loud it is.
[[alert]]
metric = "longest_wait"   # a time: 90s, 5m, 1h
over = "5m"
for = "30s"
loud = "notice"           # quiet: only on the screen; bell; notice: the bell and a desktop notice

[[alert]]
metric = "service_level"  # a share, in percent
under = "80%"
for = "10m"
loud = "bell"

[[alert]]
metric = "waiting"        # a count
over = 8
"""
"""A file that works, for whoever writes the first one."""

_KEYS: Final = ("metric", "over", "under", "for", "loud")
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
_SHARE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_WANTS: Final = {
    Unit.TIME: 'a time in quotes, such as "90s" or "5m"',
    Unit.SHARE: 'a share in quotes, such as "80%"',
    Unit.COUNT: "a number",
}


def load_alert_rules(path: Path) -> tuple[Threshold, ...]:
    """The rules in the file; none where there is no file. Raises `SettingsError`."""
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path.name} can't be read: {error}. No alert by threshold is in force. ({path})"
        ) from None
    for key in found:
        if key != "alert":
            raise SettingsError(
                f"{path.name}, line {line_of(key, text)}: there is no `{key}` here, only [[alert]]. ({path})"
            )
    rules = found.get("alert", [])
    if not isinstance(rules, list):
        raise SettingsError(f"{path.name}: write [[alert]], with two brackets, before each alert. ({path})")
    starts = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip().startswith("[[alert]]")]
    lines = starts + [1] * (len(rules) - len(starts))
    return tuple(
        _rule(rule, f"{path.name}, the alert in line {line}", path) for rule, line in zip(rules, lines, strict=False)
    )


def _rule(rule: dict[str, object], where: str, path: Path) -> Threshold:
    def wrong(sentence: str) -> SettingsError:
        return SettingsError(f"{where}: {sentence} ({path})")

    for key in rule:
        if key not in _KEYS:
            raise wrong(f"there is no `{key}` in an alert. {nearest(key, _KEYS)}")
    metric = rule.get("metric")
    if not isinstance(metric, str) or metric not in {figure.value for figure in Figure}:
        known = nearest(str(metric or ""), [figure.value for figure in Figure])
        raise wrong(f"there is no metric `{metric}`. {known}" if metric else f"it names no `metric`. {known}")
    if ("over" in rule) == ("under" in rule):
        raise wrong("it wants exactly one of `over` and `under`.")
    definition = DEFINITIONS[Figure(metric)]
    way = "over" if "over" in rule else "under"
    limit = _limit(rule[way], definition.unit)
    if limit is None:
        raise wrong(f"`{way}` wants {_WANTS[definition.unit]} for `{metric}`.")
    lasting = _time(rule.get("for", "0s"))
    if lasting is None:
        raise wrong('`for` wants a time in quotes, such as "30s".')
    loud = rule.get("loud", Loud.BELL.value)
    if loud not in set(Loud):
        raise wrong(f"`loud` is one of {', '.join(one.value for one in Loud)}.")
    spoken = f" for {rule['for']}" if lasting else ""
    said = f"{definition.title} {way} {rule[way]}{spoken}"
    over, under = (limit, None) if way == "over" else (None, limit)
    return Threshold(metric, over, under, lasting, Loud(str(loud)), said)


def _limit(value: object, unit: Unit) -> float | None:
    """In the metric's own unit: milliseconds, a share from 0 to 1, a count."""
    if unit is Unit.TIME:
        return _time(value)
    if unit is Unit.SHARE:
        found = _SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
        return float(found[1]) / 100 if found else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _time(value: object) -> int | None:
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    return round(float(found[1]) * _SECONDS[found[2]] * 1000) if found else None
