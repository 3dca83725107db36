-- How many bytes of each WARC file the rows below speak for.
CREATE TABLE files (
    warc      TEXT PRIMARY KEY,
    committed INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE captures (
    id            INTEGER PRIMARY KEY,
    warc          TEXT NOT NULL,
    offset        INTEGER NOT NULL,
    length        INTEGER NOT NULL,
    url           TEXT NOT NULL,
    final_url     TEXT NOT NULL,
    status        INTEGER NOT NULL,
    media_type    TEXT NOT NULL,
    charset       TEXT,
    fetched_at    TEXT,
    warc_date     INTEGER NOT NULL,
    sha256        BLOB NOT NULL,
    payload       BLOB NOT NULL,
    bytes         INTEGER NOT NULL,
    site          TEXT NOT NULL,
    truncated     TEXT,
    kind          TEXT NOT NULL,
    revisit       INTEGER NOT NULL,
    import_id     TEXT,
    location      TEXT,
    etag          TEXT,
    last_modified TEXT,
    depth         INTEGER NOT NULL,
    -- What the page says to crawlers, as JSON.
    signals       TEXT,
    surt          TEXT NOT NULL,
    fresh         INTEGER NOT NULL,
    UNIQUE (warc, offset)
);
CREATE INDEX captures_url ON captures (url);
CREATE INDEX captures_final_url ON captures (final_url);
CREATE INDEX captures_payload ON captures (payload);
CREATE INDEX captures_site ON captures (site);
CREATE INDEX captures_surt ON captures (surt, warc_date);
CREATE INDEX captures_fresh ON captures (warc, offset) WHERE fresh = 1;

-- What takes its turn in the crawl: one origin of one site.
CREATE TABLE lanes (
    id     INTEGER PRIMARY KEY,
    site   TEXT NOT NULL,
    origin TEXT NOT NULL,
    UNIQUE (site, origin)
);

-- state: 0 queued, 1 done, 2 refused, 3 waiting until ready_at. Times in microseconds since 1970.
CREATE TABLE urls (
    id            INTEGER PRIMARY KEY,
    url           TEXT NOT NULL,
    kind          INTEGER NOT NULL,
    lane          INTEGER NOT NULL REFERENCES lanes (id),
    state         INTEGER NOT NULL,
    priority      INTEGER NOT NULL,
    depth         INTEGER NOT NULL,
    redirects     INTEGER NOT NULL,
    requested     TEXT,
    attempts      INTEGER NOT NULL DEFAULT 0,
    ready_at      INTEGER,
    etag          TEXT,
    last_modified TEXT,
    status        INTEGER,
    fetched_at    INTEGER,
    changed_at    INTEGER,
    next_due      INTEGER,
    UNIQUE (url, kind)
);
CREATE INDEX urls_queued ON urls (lane, priority, id) WHERE state = 0;
CREATE INDEX urls_done ON urls (lane, next_due) WHERE state = 1;
CREATE INDEX urls_refused ON urls (lane) WHERE state = 2;
CREATE INDEX urls_waiting ON urls (lane, ready_at) WHERE state = 3;

-- How many rows each lane has in each state, so that nobody counts millions.
CREATE TABLE tally (
    lane  INTEGER NOT NULL,
    state INTEGER NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (lane, state)
) WITHOUT ROWID;
CREATE TRIGGER urls_added AFTER INSERT ON urls BEGIN
    INSERT INTO tally VALUES (new.lane, new.state, 1)
        ON CONFLICT (lane, state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER urls_moved AFTER UPDATE OF state ON urls WHEN old.state <> new.state BEGIN
    UPDATE tally SET n = n - 1 WHERE lane = old.lane AND state = old.state;
    INSERT INTO tally VALUES (new.lane, new.state, 1)
        ON CONFLICT (lane, state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER urls_gone AFTER DELETE ON urls BEGIN
    UPDATE tally SET n = n - 1 WHERE lane = old.lane AND state = old.state;
END;
