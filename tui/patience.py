"""How long what was typed waits for what the key before it asked for."""

PATIENCE_SECONDS = 1.0
"""What takes longer, as the first look through a large folder, is not waited for: then keys go on with what there is."""
