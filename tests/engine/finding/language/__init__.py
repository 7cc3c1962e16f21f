"""Tests of the language of filters and orders."""
