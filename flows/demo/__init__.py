"""Fictional outlets on loopback: what the demo, the docs and the tests crawl."""
