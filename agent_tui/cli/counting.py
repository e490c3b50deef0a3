"""How many of something, in words."""


def counted(number: int, what: str) -> str:
    """`1 device`, `2 devices`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
