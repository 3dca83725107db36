# `just` lists what can be done here. Everything works offline but `judges` and the first `bench-crawl`.

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

# Fuzzes a target (robots, sitemap, header, charset, decoder, links, extract, lines, wire or all), for example `just fuzz links 10m`.
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

# Independent programs that judge our files and replay them, installed from PyPI into target/judges.
judges:
    bash tests/judges/install

# Crawls a real WordPress from Debian's packages on loopback: `pretty`, `plain` or both permalinks.
real-wordpress *MODES:
    cargo build --release --quiet
    tests/wordpress/run {{MODES}}

# What the site profile is worth on WordPresses of known text: `just wordpress-profile harbour:pretty:article:200`.
wordpress-profile *CASES:
    cargo build --release --quiet
    cargo build --release --quiet -p thresh-cleaner --example site
    tests/wordpress/profile/run {{CASES}}

# What of the structure of Debian's manuals comes out, per generator: `just manuals --pages 40`.
manuals *ARGS:
    [ -x target/manuals/bin/python ] || { python3 -m venv target/manuals && target/manuals/bin/pip install --quiet --disable-pip-version-check lxml markdown-it-py; }
    cargo build --release --quiet
    cargo build --release --quiet -p thresh-cleaner --example extract
    tests/manuals/run {{ARGS}}

# What a crawl costs, side by side with wget and Scrapy + warcio: `just bench-crawl --rounds 3`.
bench-crawl *ARGS:
    [ -x target/bench/bin/scrapy ] || { python3 -m venv target/bench && target/bench/bin/pip install --quiet --disable-pip-version-check scrapy warcio; }
    cargo build --release --quiet
    cargo build --release --quiet -p thresh-testkit --example bench_site
    python3 benches/crawl/run.py {{ARGS}}

# What extraction costs a page, side by side with its peers: `just bench-extract`, `just bench-extract PAGES --rounds 3`.
bench-extract *ARGS:
    benches/extract/install
    cargo build --release --quiet
    python3 benches/extract/run.py {{ARGS}}

# What deduplication costs and finds, side by side with its peers: `just bench-dedup`, `just bench-dedup --growth`, `--incremental`, `--hostile`.
bench-dedup *ARGS:
    benches/dedup/install
    cargo build --release --quiet
    python3 benches/dedup/run.py {{ARGS}}

# How the frontier does as it grows: addresses (10 million need about 3 GB of disk) and origins.
growth ADDRESSES="1000000" ORIGINS="20":
    cargo run --release -p thresh-corpus --example growth -- {{ADDRESSES}} {{ORIGINS}}

# Fits the model of blocks on all of WCXB dev, scores it in cross-validation by domain and puts it in its place.
train:
    tests/gate/install
    cargo build --release --quiet -p thresh-cleaner --example extract
    target/gate/venv/bin/python -B crates/cleaner/model/train.py "$THRESH_SHARED/data/wcxb/dev" --folds 5 --out crates/cleaner/model/blocks.model

# Holds extraction (a model judged on pages it was not fitted on) and deduplication to their floors: `just gate`, `just gate --twice`.
gate *ARGS:
    tests/gate/run {{ARGS}}
