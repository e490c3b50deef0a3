"""The library's decisions: which layer counts, what fits, what may go out, and how it is written when it does."""
