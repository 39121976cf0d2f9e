"""View models of the admin pages."""
