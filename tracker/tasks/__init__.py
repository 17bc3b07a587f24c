"""Celery tasks: load ids, one call."""
