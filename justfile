# `just` lists what can be done here. Everything works offline but `judges`.

set shell := ["bash", "-euo", "pipefail", "-c"]
export THRESH_SHARED := env("THRESH_SHARED", "../shared")

default:
    @just --list --unsorted

# Everything that must hold before a commit: format, lints, docs, licences, tests.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
    if command -v cargo-deny >/dev/null; then cargo deny --log-level error check licenses bans sources; else echo "cargo-deny is absent: licences were NOT checked (cargo install cargo-deny)"; fi
    cargo test --workspace

# The tests alone.
test:
    cargo test --workspace

# Fuzzes a target (robots, sitemap, header, charset, decoder, links, wire or all), for example `just fuzz links 10m`.
fuzz TARGET TIME *ARGS:
    cargo test --release --test fuzz -- {{TARGET}} --for {{TIME}} {{ARGS}}

# The whole job on the embedded small web.
demo:
    cargo run --release -- demo

# Adds captures of the configured sites.
crawl *ARGS:
    cargo run --release -- crawl {{ARGS}}

# Publishes a version if anything changed.
curate *ARGS:
    cargo run --release -- curate {{ARGS}}

# Writes the latest version for downstream tools, for example `just export jsonl out.jsonl`.
export FORMAT OUT:
    cargo run --release -- export --format {{FORMAT}} --out {{OUT}}

# Independent programs that judge our files: installed from the registries into target/judges.
judges:
    python3 -m venv target/judges
    target/judges/bin/pip install --quiet --disable-pip-version-check "setuptools<81" warcio fastwarc warcat warctools cdxj-indexer
    @echo "judges are in target/judges/bin; the tests find them there"

# Scores extraction and deduplication on the shared benchmarks.
gate:
    cargo build --release
    mkdir -p target/gate
    python3 "$THRESH_SHARED/tools/wcxb_to_jsonl.py" "$THRESH_SHARED/data/wcxb/dev" --no-type | target/release/thresh extract > target/gate/wcxb.jsonl
    python3 "$THRESH_SHARED/tools/score_extraction.py" target/gate/wcxb.jsonl "$THRESH_SHARED/data/wcxb/dev" --boot 0
    gzip -dc "$THRESH_SHARED/data/dedup/dev/docs.jsonl.gz" | target/release/thresh dedup --relations target/gate/relations.jsonl > target/gate/dedup.jsonl
    python3 "$THRESH_SHARED/tools/score_dedup.py" target/gate/dedup.jsonl "$THRESH_SHARED/data/dedup/dev" --relations target/gate/relations.jsonl
