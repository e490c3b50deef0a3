"""Times as a person at this machine reads them."""

from datetime import datetime


def local_time(at_ms: int) -> str:
    """Date and time in this machine's zone, to the minute."""
    return f"{datetime.fromtimestamp(at_ms / 1000).astimezone():%Y-%m-%d %H:%M}"
