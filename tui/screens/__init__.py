"""Whole screens: composition and keys."""
