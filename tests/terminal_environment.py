"""What the tests' terminal is, whoever starts them. A pytest plugin that loads first: Textual reads these at import."""

import os

os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TERM"] = "xterm-256color"
# FORCE_COLOR, COLUMNS and LINES are read by rich, the others by Textual.
for surprise in (
    "COLORTERM",
    "COLUMNS",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "TEXTUAL",
    "TEXTUAL_COLOR_SYSTEM",
    "TEXTUAL_THEME",
):
    os.environ.pop(surprise, None)
# A developer's own settings must not reach a test; AGENT_TUI_REQUIRE is the tests' own.
for name in [name for name in os.environ if name.startswith("AGENT_TUI_") and name != "AGENT_TUI_REQUIRE"]:
    del os.environ[name]
