"""The texts customers read about a call: the ones that come with the program, a team's own in front of them."""

from agent_tui.storage.phone_texts.reading import load_texts

__all__ = ["load_texts"]
