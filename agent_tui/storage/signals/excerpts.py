"""Files of labelled excerpts, to see what rules are worth.

```toml
language = "en"                 # of the whole file, or in each excerpt
[[excerpt]]
id = "late-parcel"
stage = "support"
call = false                    # would a considerate colleague offer a call here?
kind = "complaint"
lines = \"\"\"
c: My parcel is two days late.
a: I'll have a look.
\"\"\"
```
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from agent_tui.config.toml_settings import SettingsError
from agent_tui.core.signals.judging import Excerpt
from agent_tui.core.signals.seeing import SaidLine
from agent_tui.model.ids import OrderKey
from agent_tui.model.words import Stage

_CUSTOMER, _AGENT = "c:", "a:"


class _Written(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    stage: Stage
    call: bool
    kind: str
    lines: str
    language: str = ""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    excerpt: tuple[_Written, ...]
    language: str = ""


def read_excerpts(path: Path) -> list[Excerpt]:
    """The excerpts of one file. Raises `SettingsError` with the file, and the excerpt or the line that is wrong."""
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=_File)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise SettingsError(f"{path.name}: {error}. No excerpt of it was used. ({path})") from None
    return [_excerpt(each, found.language, path) for each in found.excerpt]


def _excerpt(written: _Written, language: str, path: Path) -> Excerpt:
    lines = []
    for number, line in enumerate(filter(None, written.lines.splitlines()), start=1):
        who = line[:2]
        if who not in (_CUSTOMER, _AGENT):
            raise SettingsError(
                f"{path.name}: in `{written.id}` a line begins with neither `c:` (the customer) nor `a:` (an agent): "
                f"{line[:40]!r}. ({path})"
            )
        lines.append(SaidLine(OrderKey(number), who == _CUSTOMER, line[2:].strip()))
    return Excerpt(written.id, written.language or language, written.stage, written.call, written.kind, tuple(lines))
