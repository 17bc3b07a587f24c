"""Ways out into the world: each module is one channel with its own model of what can go wrong."""
