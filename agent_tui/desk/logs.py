"""Structured logs: one JSON object a line on stderr, ASCII only, without message bodies or tokens."""

import json
import logging
import sys
import time
from typing import TextIO

LOG = logging.getLogger("agent_tui.desk")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "what": record.getMessage(),
        }
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            line.update(facts)
        if record.exc_info and record.exc_info[0] is not None:
            # the type and where it was raised; its text may quote what a customer wrote
            line["error"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            if trace is not None:
                line["where"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        return json.dumps(line, ensure_ascii=True, default=str)


def log_to(stream: TextIO = sys.stderr) -> None:
    """Send the desk's and uvicorn's log lines to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_JsonLines())
    for name, level in (
        ("agent_tui", logging.INFO),
        ("uvicorn.error", logging.WARNING),
        ("alembic", logging.WARNING),
        ("asyncio", logging.ERROR),
    ):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False


def say(what: str, level: int = logging.INFO, **facts: object) -> None:
    """One line: what happened, and its facts as fields. Never a body, a token, a code or a secret."""
    failing = level >= logging.ERROR and sys.exc_info()[0] is not None
    LOG.log(level, what, exc_info=failing, extra={"facts": facts})
