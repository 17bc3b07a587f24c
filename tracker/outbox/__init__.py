"""Rows written beside a fact, so that nobody who must hear of it is forgotten."""
