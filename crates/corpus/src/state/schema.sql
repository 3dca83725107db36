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

-- What takes its turn in the crawl: one origin of one site, with how many of its addresses stand where,
-- so that nobody counts millions. A run keeps these rows in memory and writes what changed with each
-- transaction.
CREATE TABLE lanes (
    id          INTEGER PRIMARY KEY,
    site        TEXT NOT NULL,
    origin      TEXT NOT NULL,
    queued      INTEGER NOT NULL DEFAULT 0,
    done        INTEGER NOT NULL DEFAULT 0,
    refused     INTEGER NOT NULL DEFAULT 0,
    waiting     INTEGER NOT NULL DEFAULT 0,
    -- Of those refused.
    held        INTEGER NOT NULL DEFAULT 0,
    -- Pages among those queued and waiting.
    pages_ahead INTEGER NOT NULL DEFAULT 0,
    UNIQUE (site, origin)
);

-- The addresses. state: 0 queued, 1 done, 2 refused, 3 waiting until ready_at. Times in microseconds
-- since 1970. An address is its lane's origin and the path here; it is found by a hash of the whole of
-- it, since an index of the texts would take more room than the rows. Rows whose hash is the same are
-- told apart by their text.
CREATE TABLE urls (
    id            INTEGER PRIMARY KEY,
    hash          INTEGER NOT NULL,
    lane          INTEGER NOT NULL,
    path          TEXT NOT NULL,
    kind          INTEGER NOT NULL,
    state         INTEGER NOT NULL,
    -- 1 for a row that is refused until somebody vouches for it.
    held          INTEGER NOT NULL,
    priority      INTEGER NOT NULL,
    depth         INTEGER NOT NULL,
    redirects     INTEGER NOT NULL,
    requested     TEXT,
    -- How it came to be known: by what, where (the number of a row, or an address), with which words.
    -- how is null where that is not known any more.
    how           INTEGER,
    via,
    context       TEXT,
    vouched       INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    ready_at      INTEGER,
    etag          TEXT,
    last_modified TEXT,
    status        INTEGER,
    fetched_at    INTEGER,
    changed_at    INTEGER,
    next_due      INTEGER,
    -- What the looks at it have shown: see History. exposed in seconds.
    looks         INTEGER NOT NULL,
    changes       INTEGER NOT NULL,
    exposed       INTEGER NOT NULL,
    listed_at     INTEGER,
    trust         INTEGER NOT NULL
);
CREATE INDEX urls_hash ON urls (hash);
CREATE INDEX urls_queued ON urls (lane, priority, id) WHERE state = 0;
CREATE INDEX urls_done ON urls (lane, next_due) WHERE state = 1;
CREATE INDEX urls_refused ON urls (lane, held) WHERE state = 2;
CREATE INDEX urls_waiting ON urls (lane, ready_at) WHERE state = 3;

-- How many fetched addresses of a site are due on which day since 1970: so that what is due is counted
-- by the day, and row by row only within the day that is now.
CREATE TABLE calendar (
    site TEXT NOT NULL,
    day  INTEGER NOT NULL,
    n    INTEGER NOT NULL,
    PRIMARY KEY (site, day)
) WITHOUT ROWID;

-- What others want kept beside the frontier, by name.
CREATE TABLE blobs (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);
