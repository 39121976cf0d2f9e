"""What every request passes through: tweens, gate, cookies, CSRF, flash messages, session policy, templates."""
