"""The keys in force, and how they are written."""
