"""Photos and files that come with entries: the original sealed by its hash, a copy to show."""
