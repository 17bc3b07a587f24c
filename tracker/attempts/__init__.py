"""Attempts to use a corridor, and the points agreed before each."""
