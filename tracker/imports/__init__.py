"""Files of vehicles and routes on their way in: checked whole first, then taken whole."""
