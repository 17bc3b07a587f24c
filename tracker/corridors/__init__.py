"""Corridors, their routes, statements about them, and passage windows."""
