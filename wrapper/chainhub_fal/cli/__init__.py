"""The command line, the top layer: it parses, calls the public API, renders, and alone prints."""
