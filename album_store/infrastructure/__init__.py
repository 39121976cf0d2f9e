"""Infrastructure: settings, wording, money and links, and the adapters for web, security, mail and media."""
