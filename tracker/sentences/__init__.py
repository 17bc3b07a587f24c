"""Words in five languages for what is known, none of them more certain than its source."""
