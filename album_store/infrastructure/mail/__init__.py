"""How mail is composed and sent: templates, transport, and the mailbox of a store in development."""
