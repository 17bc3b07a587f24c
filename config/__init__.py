"""Settings, URLs and the embedded servers of the project."""
