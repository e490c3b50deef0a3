"""To the phone: the call card's life and keys, offers of a call, and what the other chats get meanwhile."""
