"""What the store is compared with."""
