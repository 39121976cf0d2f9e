"""The store and its commands in processes of their own."""
