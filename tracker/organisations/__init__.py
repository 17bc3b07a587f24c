"""Organisations, users, keys, and every permission in the house."""
