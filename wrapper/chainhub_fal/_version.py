"""The version of this client: a constant, because a vendored copy has no package metadata."""

__version__ = "0.1.0"
