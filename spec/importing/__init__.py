"""Bring a vendor's page into the tree: read it, say what it lost, draft the overlay it needs."""
