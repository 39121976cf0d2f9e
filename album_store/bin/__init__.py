"""The `album-store` command: one file per subcommand."""
