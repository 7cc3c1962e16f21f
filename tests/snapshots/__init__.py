"""What every screen looks like, kept as text: signs, and the style of each cell."""
