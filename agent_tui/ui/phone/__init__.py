"""Taking a conversation to the phone: the call card's life and keys, offers of a call, and what others get meanwhile."""
