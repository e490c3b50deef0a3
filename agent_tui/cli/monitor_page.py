"""Writes the made part of the monitor's page: `python -m agent_tui.cli.monitor_page docs/monitor.md`."""

import sys
from pathlib import Path
from typing import Final

from agent_tui.core.metrics import definitions as d
from agent_tui.core.metrics import study
from agent_tui.desk.docs import table_of

BEGIN: Final = "<!-- From here on made by `python -m agent_tui.cli.monitor_page`; do not edit. -->"


def made_part() -> str:
    """Every figure with its definition, and what the studies say, as Markdown."""
    figures = table_of(
        ("figure", "panel", "counted in", "exactly"),
        [
            (f"{it.title} (`{figure.value}`)", it.panel.value, it.unit.value, it.text)
            for figure, it in d.DEFINITIONS.items()
        ],
    )
    stages = table_of(
        ("department", "stage", "share"),
        [(stage.department, stage.value, f"{percent} %") for stage, percent in study.STAGE_SHARE.items()],
    )
    channels = table_of(
        ("channel", "consumers choose", "organisations believe"),
        [
            (
                one.channel,
                f"{one.consumers_choose} %",
                "" if one.organisations_believe is None else f"{one.organisations_believe} %",
            )
            for one in study.CHANNEL_SHARE
        ],
    )
    sections = (
        f"## Every figure, exactly\n\n{figures}",
        f"## Stages\n\n{d.STAGES_HERE}\n\n{d.STAGES_STUDY}\n\n{stages}\n\n{d.OUTCOMES_BY_STAGE}",
        f"## Channels\n\n{d.CHANNELS_HERE}\n\n{d.CHANNELS_STUDY}\n\n{channels}",
    )
    return BEGIN + "\n\n" + "\n\n".join(sections) + "\n"


def with_made_part(text: str) -> str:
    """The file's text with its made part renewed."""
    return text.split(BEGIN)[0].rstrip() + "\n\n" + made_part()


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(with_made_part(page.read_text(encoding="utf-8")), encoding="utf-8")
