"""Say what changed between two contracts, whom each change breaks, and prove it with a value."""
