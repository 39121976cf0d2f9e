"""View models of the catalogue pages."""
