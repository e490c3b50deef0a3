"""The client of the desk: two halves on one line."""
