"""The folder on disk: which images there are, and the only writer of caption files."""
