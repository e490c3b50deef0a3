"""A console in the terminal for live chats, and the desk that serves them."""

__version__ = "0.1.0"
