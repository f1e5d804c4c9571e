"""How people and programs see it."""
