"""Checkpoints on a corridor and what is reported of them."""
