"""The web layer that every request passes: tweens, gate, cookies, CSRF, flash messages, session policy, templates."""
