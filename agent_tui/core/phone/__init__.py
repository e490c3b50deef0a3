"""Calls: which numbers may be dialled, at what hours, how a call goes on, and what follows from its end."""
