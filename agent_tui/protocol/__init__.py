"""The desk's wire: its types, its table of routes and commands, its frames. One definition for both ends."""
