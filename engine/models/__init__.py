"""Models: the catalogue, the adapter contract, decoding of pictures."""
