"""The one door through which facts enter the log."""
