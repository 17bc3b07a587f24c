"""Template tags that draw and word the components of a page."""
