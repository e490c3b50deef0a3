"""A report as text, as CSV and as JSON."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from agent_tui.core.attention import clock
from agent_tui.core.metrics import definitions as d
from agent_tui.core.metrics import study
from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.core.metrics.report import Report
from agent_tui.core.metrics.words import value_words
from agent_tui.model.figures import Figure, Panel, Unit, Value

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def day(at_ms: int, report: Report) -> str:
    """The day a moment belongs to, where the desk is."""
    return f"{datetime.fromtimestamp(at_ms / 1000, ZoneInfo(report.time_zone)):%Y-%m-%d}"


def last_day(report: Report) -> str:
    """The last day of the period."""
    until = datetime.fromtimestamp(report.until_ms / 1000, ZoneInfo(report.time_zone)) - timedelta(hours=1)
    return f"{until:%Y-%m-%d}"


def share(value: int, of: int) -> str:
    """In percent; a dash out of nothing."""
    return f"{100 * value / of:.0f} %" if of else "–"


def believed(share: study.ChannelShare) -> str:
    """What organisations believe; a dash where the study has no figure."""
    return "–" if share.organisations_believe is None else f"{share.organisations_believe} %"


def figures_by_panel(report: Report) -> Iterator[tuple[Panel, list[tuple[Figure, Value]]]]:
    """The figures in the order of their table."""
    for panel in Panel:
        found = [
            (one, report.figures[one])
            for one in DEFINITIONS
            if DEFINITIONS[one].panel is panel and one in report.figures
        ]
        if found:
            yield panel, found


def as_text(report: Report) -> str:
    """For people, in a terminal."""
    lines = [f"{report.desk}: {day(report.since_ms, report)} to {last_day(report)} ({report.time_zone})"]
    for panel, figures in figures_by_panel(report):
        lines += ["", panel.value.upper()]
        lines += [f"  {DEFINITIONS[one].title:<28}{value_words(one, value)}" for one, value in figures]
    begun = report.figures[Figure.BEGUN].value or 0
    lines += [
        "",
        "STAGES                      here: share of ours (guessed/set)    study: customers who chat at this stage",
    ]
    for row in report.stages:
        here = f"{share(row.guessed + row.set, begun):>6}  ({row.guessed}/{row.set})"
        lines.append(f"  {row.stage.value:<26}{here:<37}{study.STAGE_SHARE[row.stage]} %")
    lines += ["  The study's figures sum to more than 100 %: one customer may chat at several stages (Aberdeen Group)."]
    lines += ["", "OUTCOMES BY STAGE           to a call  resolved  bought  unknown"]
    lines += [
        f"  {row.stage.value:<26}{row.called:>9}{row.resolved:>10}{row.bought:>8}{row.unknown:>9}"
        for row in report.stages
    ]
    lines += ["", "CHANNELS                    here: contacts"]
    lines += [f"  {channel:<26}{share(count, begun):>6}  {count}" for channel, count in report.channels.items()]
    lines += ["                            study: consumers choose / organisations believe"]
    for one in study.CHANNEL_SHARE:
        lines.append(f"  {one.channel:<26}{one.consumers_choose:>4} % / {believed(one)}")
    lines += ["", "AGENTS                       answered  to first answer  in 40 s  lines  resolved  said yes"]
    for agent in report.agents:
        wait = clock(agent.first_answer.value) if agent.first_answer.value is not None else "–"
        lines.append(
            f"  {agent.name:<26}{agent.answered:>9}{wait:>17}{_of(agent.within):>9}{agent.lines:>7}{agent.resolved:>10}"
            f"{_of(agent.said_yes):>10}"
        )
    return "\n".join(lines) + "\n"


def as_json(report: Report) -> str:
    """For scripts; what the studies say stands apart."""
    studies = {
        "stages": {"percent": study.STAGE_SHARE, "what": d.STAGES_STUDY},
        "channels": {"percent": [one._asdict() for one in study.CHANNEL_SHARE], "what": d.CHANNELS_STUDY},
    }
    return msgspec.json.encode({"report": report, "studies": studies}).decode() + "\n"


def as_csv(report: Report) -> str:
    """For a spreadsheet: one row a number; nothing in it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("part", "name", "what", "value", "of", "unit"))
    for row in _rows(report):
        writer.writerow(tuple(_plain(cell) for cell in row))
    return out.getvalue()


def _rows(report: Report) -> Iterator[tuple[object, ...]]:
    yield ("period", report.desk, "from", day(report.since_ms, report), "", report.time_zone)
    yield ("period", report.desk, "to", last_day(report), "", report.time_zone)
    for figure, value in report.figures.items():
        unit = DEFINITIONS[figure].unit
        yield ("figure", figure.value, DEFINITIONS[figure].title, *_cells(value, unit))
    yield ("lines", "customers", "lines", report.customer_lines, "", "count")
    yield ("lines", "agents", "lines", report.agent_lines, "", "count")
    for row in report.stages:
        for what in ("guessed", "set", "called", "resolved", "bought", "unknown"):
            yield ("stage", row.stage.value, what, getattr(row, what), "", "count")
    for channel, count in report.channels.items():
        yield ("channel", channel, "contacts", count, "", "count")
    for outcome, count in report.outcomes.items():
        yield ("outcome", outcome.value, "resolved", count, "", "count")
    for wait in report.waits:
        yield (
            "wait",
            "more" if wait.up_to_s is None else f"up to {wait.up_to_s} s",
            "first answers",
            wait.count,
            "",
            "count",
        )
    for agent in report.agents:
        yield ("agent", agent.name, "answered", agent.answered, "", "count")
        yield ("agent", agent.name, "to first answer", *_cells(agent.first_answer, Unit.TIME))
        yield ("agent", agent.name, "answered within 40 s", *_cells(agent.within, Unit.SHARE))
        for what in ("owned", "resolved", "lines", "calls_made", "proof_used"):
            yield ("agent", agent.name, what.replace("_", " "), getattr(agent, what), "", "count")
        yield ("agent", agent.name, "said yes", *_cells(agent.said_yes, Unit.SHARE))
    for span in report.spans:
        name = day(span.since_ms, report)
        yield ("from", name, "began", span.begun, "", "count")
        yield ("from", name, "to first answer", *_cells(span.first_answer, Unit.TIME))
        yield ("from", name, "answered within 40 s", *_cells(span.service_level, Unit.SHARE))
    for stage, percent in study.STAGE_SHARE.items():
        yield (
            "study",
            stage.value,
            "customers who chat at this stage (Aberdeen Group)",
            percent,
            "",
            "percent",
        )
    for one in study.CHANNEL_SHARE:
        yield ("study", one.channel, "consumers choose (ICMI, Kayako)", one.consumers_choose, "", "percent")
        if one.organisations_believe is not None:
            yield ("study", one.channel, "organisations believe (Kayako)", one.organisations_believe, "", "percent")


def _cells(value: Value, unit: Unit) -> tuple[object, object, str]:
    said = "" if value.value is None else value.value
    return said, value.of or "", "ms" if unit is Unit.TIME else "count"


def _of(value: Value) -> str:
    return "–" if value.value is None else share(value.value, value.of)


def _plain(cell: object) -> object:
    """A spreadsheet takes what begins like this for a formula, also between quotes."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS_A_FORMULA) else cell
