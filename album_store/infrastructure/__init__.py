"""What the store stands on: settings, security, headers, mail delivery, media storage."""
