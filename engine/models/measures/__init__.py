"""Measurements of pixels, each a number with a documented formula; what `pixel_stats` makes tags of."""
