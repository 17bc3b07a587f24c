"""One straight line of named migrations."""
