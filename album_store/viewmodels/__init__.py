"""Forms with their validation, and the values that pages show."""
