"""What crosses HTTP. Never a message of Temporal, never a table."""
