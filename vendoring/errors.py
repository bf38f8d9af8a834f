"""What vendoring refuses, in words that say what to do."""


class VendoringError(Exception):
    """Nothing was copied; the message says why and what to do."""
