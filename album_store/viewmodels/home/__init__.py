"""View models of the home page."""
