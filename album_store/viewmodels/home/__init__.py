"""View models of the front page."""
