"""Caption text: parsing, diffs, edits, views of scores. No files, no pixels."""
