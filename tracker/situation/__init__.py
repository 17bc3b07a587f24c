"""What is true now: snapshots per audience, and their published form."""
