"""What admins do and see."""
