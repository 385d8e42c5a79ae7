"""Migration environment."""
