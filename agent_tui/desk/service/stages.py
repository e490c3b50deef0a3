"""A conversation's first stage is a guess: what the page says, then the rules of the settings, then awareness."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from agent_tui.desk.settings import StageRule
from agent_tui.model.words import Stage

_KNOWN = {stage.value for stage in Stage}


def first_stage(said: str, page_url: str, rules: Sequence[StageRule]) -> str:
    """The stage to begin with. `said` is the widget's `data-stage`; anything that is no stage counts as nothing."""
    if said in _KNOWN:
        return said
    try:
        path = urlsplit(page_url).path
    except ValueError:
        path = ""
    fitting = (rule.stage.value for rule in rules if path.startswith(rule.page))
    return next(fitting, Stage.AWARENESS.value)
