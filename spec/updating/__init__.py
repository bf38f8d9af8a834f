"""A page brought all the way into the tree, ready to review: contract, generated code, version."""
