"""A caption that two have changed."""
