"""The journal as the history screen shows it."""
