"""The store's public pages written with Flask and Flask-SQLAlchemy."""
