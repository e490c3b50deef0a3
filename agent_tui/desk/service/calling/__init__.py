"""Calls at the desk: what is checked, kept and told of them, the callback queue, and the providers that make them."""
