"""View models of the account pages."""
