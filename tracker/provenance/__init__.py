"""Who says so: sources, their grades, and the credibility of information."""
