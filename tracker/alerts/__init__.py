"""Facts worth telling: who wants them, who decides, and each send."""
