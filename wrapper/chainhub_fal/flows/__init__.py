"""Decisions without I/O: each flow yields effects and is resumed with replies."""
