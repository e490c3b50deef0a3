"""The audit's chain: each line is sealed together with the one before it.

It shows that a copy of the audit is whole. It can't show what was cut off at its end, nor hold off somebody who may
write the whole file anew: for that the newest link has to be kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

AUDIT_LINE: Final = ("at", "actor", "actor_name", "action", "conversation", "detail")


def next_link(before: str, line: Sequence[Any]) -> str:
    """The link of a line after the link `before`."""
    return hashlib.sha256(f"{before}\n{json.dumps(line, ensure_ascii=True)}".encode()).hexdigest()


def broken_at(lines: Iterable[Sequence[Any]]) -> int | None:
    """Id of the first line that does not follow from the one before it; None: the chain is whole.

    `lines`: (id, *AUDIT_LINE, chain) in their order. Those without a link come from before there was a chain; behind
    the first link there may be none.
    """
    before = ""
    for number, *line, link in lines:
        if not link and not before:
            continue
        if link != next_link(before, line):
            return int(number)
        before = link
    return None
