"""What a monitor knows: pure."""
