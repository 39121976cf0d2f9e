"""Fields, forms and helpers that the view models of all areas share."""
