"""Edits of many captions at once: which images they are about, what is asked, and the tags of the dataset."""
