"""Reviews: asking people for a verdict on assets, comments pinned to places in them, and revisions that answer."""
