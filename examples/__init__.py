"""Services as a team would write them, to be hunted in; not part of the package."""
