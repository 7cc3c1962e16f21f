"""Tags that are known, for completion."""
