"""The parts of a screen; each gets values and draws them, none reaches for the workspace."""
