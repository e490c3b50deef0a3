"""What a supervisor's monitor knows, pure: its own state and its own reducer, apart from the console's."""
