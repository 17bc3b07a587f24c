"""The one append-only log of facts about the world."""
