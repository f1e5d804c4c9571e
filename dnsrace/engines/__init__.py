"""Ways to find out."""
