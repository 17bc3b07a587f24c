"""Where vehicles were, by device and time, matched to the route; never a status."""
