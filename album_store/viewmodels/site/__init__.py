"""View models of what machines ask for: feeds and site maps."""
