"""What a form holds and why it is wrong, and what a page shows."""
