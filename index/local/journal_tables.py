"""The journal's tables. Each record stands under a deterministic key; what is never searched for is JSON."""

JOURNAL_TABLES = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, flow TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL,
    started_at TEXT NOT NULL, beat_at TEXT NOT NULL, ended_at TEXT, flow_run_id TEXT NOT NULL, note TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_by_start ON runs (started_at);
CREATE TABLE items (
    run_id TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL,
    offer TEXT NOT NULL, places TEXT NOT NULL DEFAULT '[]',
    reason TEXT, detail TEXT, article_id TEXT, retry_at TEXT,
    PRIMARY KEY (run_id, key)
) WITHOUT ROWID;
CREATE INDEX items_in_order ON items (run_id, seq);
CREATE TABLE source_checks (
    run_id TEXT NOT NULL, source TEXT NOT NULL, reason TEXT, detail TEXT NOT NULL,
    PRIMARY KEY (run_id, source)
) WITHOUT ROWID;
CREATE TABLE addresses (
    url TEXT PRIMARY KEY, source TEXT NOT NULL, reason TEXT, next_check_at TEXT, record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX addresses_waiting ON addresses (source, next_check_at) WHERE next_check_at IS NOT NULL;
CREATE TABLE sources (source TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE hosts (host TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE dead_letters (url TEXT PRIMARY KEY, last_failed_at TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
"""
