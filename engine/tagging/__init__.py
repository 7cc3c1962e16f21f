"""Asking a model about a dataset: which images to ask about, the job, and collecting what comes back."""
