"""Copies the client into another project as one package, and tells later whether it is intact."""
