"""The evacuation tracker: one Django app with rooms inside."""
