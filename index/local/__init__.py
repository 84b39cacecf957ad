"""The embedded index: SQLite is the only truth, tantivy and the vectors in memory are derived from it."""
