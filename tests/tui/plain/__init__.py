"""The linear mode."""
