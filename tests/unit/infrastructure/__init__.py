"""What the rest builds on."""
