"""Who calls: keys, tokens, and how much each caller may ask."""
