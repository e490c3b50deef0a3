"""A report as one page: everything in a single file, charts as drawings in it, no script, nothing fetched."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from agent_tui.cli.report.plain import believed, day, figures_by_panel, last_day, share
from agent_tui.core.attention import clock
from agent_tui.core.metrics import definitions as d
from agent_tui.core.metrics import study
from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.core.metrics.report import Report
from agent_tui.core.metrics.words import value_words
from agent_tui.model.figures import Figure, Value

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6675; --line: #d8dde3; --paper: #ffffff; --card: #f6f7f9;
  --ours: #2f6f9f; --guess: #9dc3df; --study: #8a6d3b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa6b4; --line: #363e49; --paper: #14181d;
  --card: #1c2229; --ours: #6cb2e4; --guess: #35566f; --study: #c9a769; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: .95rem; margin: 0 0 .5rem; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); } small, .note { color: var(--soft); font-size: .82rem; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(28rem, 1fr)); gap: 0 2rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .75rem; }
@media (max-width: 34rem) { .panels { grid-template-columns: 1fr; } }
.card, .panel { background: var(--card); border-radius: .5rem; padding: .85rem 1rem; }
.card b + small { display: block; }
.card b { display: block; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .5rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; min-width: 7.5rem; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: 500; font-size: .82rem; }
svg { display: block; width: 100%; max-width: 32rem; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .soft { fill: var(--soft); } .ours { fill: var(--ours); } .guess { fill: var(--guess); }
.study { fill: var(--study); }
.axis { stroke: var(--line); }
.key { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .35em; }
dl { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr; gap: .35rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
.wide { overflow-x: auto; }
@media print { body { max-width: none; } h2 { break-after: avoid; } .card, .panel, svg { break-inside: avoid; } }
"""
_ROW: Final = 26
_WIDE: Final = 360
_LABEL: Final = 96
_NUMBER: Final = 92


def page(report: Report) -> str:
    """The whole file."""
    title = f"{report.desk}: {day(report.since_ms, report)} to {last_day(report)}"
    parts = (
        f"<h1>{_t(title)}</h1>",
        f'<p class="soft">Days of {_t(report.time_zone)}. {_whole(report)} Numbers and addresses of customers are in no'
        " report.</p>",
        '<div class="panels">',
        *(_panel(panel.value, figures) for panel, figures in figures_by_panel(report)),
        "</div>",
        _over_time(report),
        _waits(report),
        _stages(report),
        _outcomes(report),
        _channels(report),
        _agents(report),
        _definitions(report),
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{_t(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _t(text: object) -> str:
    return escape(str(text))


def _big(figure: Figure, value: Value) -> str:
    """A figure large, and what it is a share of small."""
    number, _, rest = value_words(figure, value).partition("  ")
    return f"<b>{_t(number)}</b>" + (f"<small>{_t(rest)}</small>" if rest else "")


def _beside(count: int, of: int) -> str:
    return f"{share(count, of)} · {count}"


def _whole(report: Report) -> str:
    lines = f"{report.customer_lines:,} lines of customers and {report.agent_lines:,} of agents"
    begun = report.figures[Figure.BEGUN].value or 0
    return f"{begun:,} conversation{'' if begun == 1 else 's'} with {lines}."


def _panel(name: str, figures: Iterable[tuple[Figure, Value]]) -> str:
    cards = "".join(
        f'<div class="card" title="{_t(DEFINITIONS[figure].text)}">'
        f'<span class="soft">{_t(DEFINITIONS[figure].title)}</span>'
        f"{_big(figure, value)}</div>"
        for figure, value in figures
    )
    return f'<section><h2>{_t(name.capitalize())}</h2><div class="cards">{cards}</div></section>'


# --- charts ---


def _bars(title: str, rows: Sequence[tuple[str, Sequence[tuple[float, str]], str]], most: float) -> str:
    """Lying bars: a label, pieces (value, class) beside each other, and what is said at the end."""
    height = _ROW * len(rows) + 6
    scale = (_WIDE - _LABEL - _NUMBER) / most if most else 0
    drawn = []
    for number, (label, pieces, said) in enumerate(rows):
        y, x = number * _ROW + 3, float(_LABEL)
        drawn.append(f'<text x="0" y="{y + 16}">{_t(label)}</text>')
        for value, kind in pieces:
            width = value * scale
            drawn.append(
                f'<rect class="{kind}" x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 10}"></rect>'
            )
            x += width
        drawn.append(f'<text class="soft" x="{x + 6:.1f}" y="{y + 16}">{_t(said)}</text>')
    return _svg(title, _WIDE, height, drawn)


def _columns(title: str, values: Sequence[tuple[str, float | None, str]]) -> str:
    """Standing bars over time; where nothing can be said there is none."""
    width, height, foot = 360, 150, 22
    most = max((value for _, value, _ in values if value is not None), default=0)
    step = width / max(1, len(values))
    drawn = [f'<line class="axis" x1="0" y1="{height - foot}" x2="{width}" y2="{height - foot}"></line>']
    for number, (label, value, said) in enumerate(values):
        x = number * step
        if value is not None and most:
            tall = (height - foot - 18) * value / most
            drawn.append(
                f'<rect class="ours" x="{x + step * 0.12:.1f}" y="{height - foot - tall:.1f}" width="{step * 0.76:.1f}"'
                f' height="{tall:.1f}"><title>{_t(f"{label}: {said}")}</title></rect>'
            )
            if len(values) <= 9:
                drawn.append(
                    f'<text class="soft" x="{x + step / 2:.1f}" y="{height - foot - tall - 4:.1f}"'
                    f' text-anchor="middle">{_t(said)}</text>'
                )
        if number in (0, len(values) - 1) or len(values) <= 8:
            anchor = "start" if number == 0 else "end" if number == len(values) - 1 else "middle"
            at = {"start": x, "end": x + step, "middle": x + step / 2}[anchor]
            drawn.append(f'<text class="soft" x="{at:.1f}" y="{height - 6}" text-anchor="{anchor}">{_t(label)}</text>')
    return _svg(title, width, height, drawn)


def _svg(title: str, width: int, height: int, drawn: Iterable[str]) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{_t(title)}</title>{''.join(drawn)}</svg>"
    )


# --- parts ---


def _over_time(report: Report) -> str:
    def wait(value: Value) -> tuple[float | None, str]:
        return value.value, "–" if value.value is None else clock(value.value)

    def level(value: Value) -> tuple[float | None, str]:
        said = None if value.value is None or not value.of else 100 * value.value / value.of
        return said, "–" if said is None else f"{said:.0f} %"

    days = [(day(span.since_ms, report)[5:], span) for span in report.spans]
    charts = (
        ("Conversations that began", [(label, float(span.begun), str(span.begun)) for label, span in days]),
        ("Average to first answer", [(label, *wait(span.first_answer)) for label, span in days]),
        ("Answered within 40 s", [(label, *level(span.service_level)) for label, span in days]),
    )
    drawn = "".join(f'<div class="panel"><h3>{title}</h3>{_columns(title, values)}</div>' for title, values in charts)
    return f'<h2>Over time</h2><div class="two">{drawn}</div>'


def _waits(report: Report) -> str:
    most = max((wait.count for wait in report.waits), default=0)
    rows: list[tuple[str, Sequence[tuple[float, str]], str]] = [
        (
            "longer" if wait.up_to_s is None else f"up to {wait.up_to_s} s",
            [(wait.count, "ours")],
            str(wait.count),
        )
        for wait in report.waits
    ]
    return f'<h2>How long first answers took</h2><div class="panel">{_bars("First answers by wait", rows, most)}</div>'


def _stages(report: Report) -> str:
    begun = report.figures[Figure.BEGUN].value or 0
    ours: list[tuple[str, Sequence[tuple[float, str]], str]] = [
        (row.stage.value, [(row.set, "ours"), (row.guessed, "guess")], _beside(row.set + row.guessed, begun))
        for row in report.stages
    ]
    theirs: list[tuple[str, Sequence[tuple[float, str]], str]] = [
        (stage.value, [(percent, "study")], f"{percent} %") for stage, percent in study.STAGE_SHARE.items()
    ]
    most = max((row.set + row.guessed for row in report.stages), default=0)
    keys = (
        '<small><span class="key" style="background:var(--ours)"></span>set by an agent &nbsp;'
        '<span class="key" style="background:var(--guess)"></span>guessed</small>'
    )
    return (
        '<h2>Stages</h2><div class="two">'
        f'<div class="panel"><h3>Here: our conversations</h3>{_bars("Ours by stage", ours, most)}{keys}'
        f'<p class="note">{_t(d.STAGES_HERE)}</p></div>'
        f'<div class="panel"><h3>Study: online customers who use chat at this stage</h3>'
        f"{_bars('The study by stage', theirs, max(study.STAGE_SHARE.values()))}"
        f'<p class="note">{_t(d.STAGES_STUDY)}</p></div></div>'
    )


def _outcomes(report: Report) -> str:
    rows = [(row.stage.value, row.called, row.resolved, row.bought, row.unknown) for row in report.stages]
    heads = ("stage", "went to a call", "resolved", "bought", "resolved, unknown how")
    said = [(outcome.value, count) for outcome, count in report.outcomes.items()]
    return (
        f'<h2>What became of them</h2><div class="two"><div class="wide">{_table(heads, rows)}</div>'
        f'<div class="wide">{_table(("outcome", "conversations"), said)}</div></div>'
        f'<p class="note">{_t(d.OUTCOMES_BY_STAGE)}</p>'
    )


def _channels(report: Report) -> str:
    begun = report.figures[Figure.BEGUN].value or 0
    ours: list[tuple[str, Sequence[tuple[float, str]], str]] = [
        (channel[:14], [(count, "ours")], _beside(count, begun)) for channel, count in report.channels.items()
    ]
    rows = [(one.channel, f"{one.consumers_choose} %", believed(one)) for one in study.CHANNEL_SHARE]
    most = max(report.channels.values(), default=0)
    return (
        '<h2>Channels</h2><div class="two">'
        f'<div class="panel"><h3>Here: contacts by channel</h3>{_bars("Ours by channel", ours, most)}'
        f'<p class="note">{_t(d.CHANNELS_HERE)}</p></div>'
        f'<div class="panel"><h3>Study</h3>{_table(("channel", "consumers choose", "organisations believe"), rows)}'
        f'<p class="note">{_t(d.CHANNELS_STUDY)}</p></div></div>'
    )


def _agents(report: Report) -> str:
    heads = ("agent", "answered first", "to first answer", "within 40 s", "has", "resolved", "lines", "said yes")
    more = ("calls", "proof")
    rows = [
        (
            agent.name,
            agent.answered,
            "–" if agent.first_answer.value is None else clock(agent.first_answer.value),
            "–" if agent.within.value is None else share(agent.within.value, agent.within.of),
            agent.owned,
            agent.resolved,
            agent.lines,
            "–" if agent.said_yes.value is None else share(agent.said_yes.value, agent.said_yes.of),
            agent.calls_made,
            agent.proof_used,
        )
        for agent in report.agents
    ]
    return f'<h2>Agents</h2><div class="wide">{_table(heads + more, rows)}</div>'


def _definitions(report: Report) -> str:
    said = "".join(
        f"<dt>{_t(definition.title)}</dt><dd>{_t(definition.text)}</dd>"
        for figure, definition in DEFINITIONS.items()
        if figure in report.figures
    )
    return f"<h2>What each figure counts</h2><dl>{said}</dl>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{_t(one)}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{_t(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
