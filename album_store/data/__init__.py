"""Tables and sessions: the declarative base, one file per model, and the factory that opens sessions on them."""
