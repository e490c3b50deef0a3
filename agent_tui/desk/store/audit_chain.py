"""The audit's chain: each line is sealed together with the one before it.

It shows that a copy of the audit is whole. It can't show what was cut off at its end, nor hold off somebody who may
write the whole file anew: for that the newest link has to be kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from agent_tui.protocol.requests import AuditChecked

AUDIT_LINE: Final = ("at", "actor", "actor_name", "action", "conversation", "detail")


def next_link(before: str, line: Sequence[Any]) -> str:
    """The link of a line after the link `before`."""
    return hashlib.sha256(f"{before}\n{json.dumps(line, ensure_ascii=True)}".encode()).hexdigest()


def check_chain(lines: Iterable[Sequence[Any]]) -> AuditChecked:
    """Follow the chain. `lines`: (id, *AUDIT_LINE, chain) in their order.

    Lines without a seal may only stand before the first that has one.
    """
    seal = ""
    count = unsealed = since = until = 0
    for number, *line, link in lines:
        if (link or seal) and link != next_link(seal, line):
            return AuditChecked(count, unsealed, since, until, seal, int(number))
        seal, at = link, line[0]
        # a look is written down when it ends, with the time it began
        since, until = (min(since, at), max(until, at)) if count else (at, at)
        count += 1
        unsealed += not link
    return AuditChecked(count, unsealed, since, until, seal, None)
