"""Build `openapi.yaml` from vendor pages and overlays, and `generated/` from `openapi.yaml`."""
