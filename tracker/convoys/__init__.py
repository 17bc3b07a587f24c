"""Convoys, their vehicles, and their crossing of each checkpoint."""
