"""View models of the development mailbox."""
