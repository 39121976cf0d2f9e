"""What view models of all areas share."""
