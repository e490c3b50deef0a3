"""What the root's options chose: the account the commands act for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chosen:
    """At most one of these is set; none means the last profile used."""

    profile: str = ""
    own: bool = False
    address: str = ""
    """A desk's address; its token comes from the environment."""
