"""The terminal side of cutline: the command line, and the screen in which captions are reviewed."""
