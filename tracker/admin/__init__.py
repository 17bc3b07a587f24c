"""Stock admin for set-up: organisations, users, sources, places, corridors, checkpoints."""
