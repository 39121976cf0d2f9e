"""What the store can do."""
