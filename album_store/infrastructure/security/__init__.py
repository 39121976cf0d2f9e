"""Values and adapters for security: password hasher, secret codes, rate limits, client, networks."""
