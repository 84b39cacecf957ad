"""The store's tables. What is filtered or joined is a column; the rest of an article is one JSON record.

`changes` is the log from which tantivy and the vectors in memory are derived. It holds one row an article, the last
change: an article that changes again moves to its end, so the log never outgrows the articles, and reading it from the
start gives everything.
"""

STORE_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('identity', lower(hex(randomblob(16))));
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
    effective_us INTEGER NOT NULL, language TEXT NOT NULL, sources TEXT NOT NULL, content_hash TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX articles_by_content ON articles (content_hash, id);
CREATE INDEX articles_by_language ON articles (language);
CREATE TABLE passages (
    number INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE, ordinal INTEGER NOT NULL, vector BLOB,
    PRIMARY KEY (number, ordinal)
);
CREATE INDEX passages_without_vector ON passages (number) WHERE vector IS NULL;
CREATE TABLE revisions (
    id TEXT NOT NULL, revision INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (id, revision)
);
CREATE TABLE tombstones (id TEXT PRIMARY KEY, deleted_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE changes (position INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL UNIQUE);
"""
