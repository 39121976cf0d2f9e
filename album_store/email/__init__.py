"""The words of each mail: one folder of templates per kind."""
