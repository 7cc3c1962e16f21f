"""How many tokens of a text encoder a caption takes."""
