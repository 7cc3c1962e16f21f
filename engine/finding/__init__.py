"""Finding images: a language for which, orders for in which sequence, and what answers both over a whole dataset."""
