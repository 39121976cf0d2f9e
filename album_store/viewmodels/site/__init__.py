"""View models of the feed and the site maps."""
