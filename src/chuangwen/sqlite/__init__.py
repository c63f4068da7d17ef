"""The database engine of a town on one machine: Django's own for SQLite, with writers that wait their turn."""
