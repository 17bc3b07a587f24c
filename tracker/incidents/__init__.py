"""Incidents that are alleged, and every claim about them."""
