"""Models behind the contract of index/embedder.py."""
