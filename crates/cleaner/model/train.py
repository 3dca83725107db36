#!/usr/bin/env python3
"""Fits the model that tells a page's own text from what stands around it.

  train.py DATA --out FILE [--ids IDS] [--folds 5] [--seed 1] [--extract PROGRAM]

DATA is a folder in the shape of the WCXB benchmark (https://github.com/Murrough-Foley/web-content-extraction-benchmark,
CC BY 4.0): html/ID.html.gz and ground-truth/ID.json. The features are those that the program itself measures: PROGRAM is
`cargo build --release -p thresh-cleaner --example extract`. Needs lightgbm and numpy (requirements.txt pins them); the same data, seed and
versions give the same file, byte for byte.

With --folds K the pages are first split by registrable domain into K parts, each judged by a model fitted on the others, and the
figures go into the model's head. With --ids only the pages named in the file are used, for fitting and for the folds.
"""

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import lightgbm
import numpy as np

from labels import label, tokens
from model_file import write_model

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PARAMETERS = dict(
    objective="cross_entropy", num_leaves=31, learning_rate=0.05, feature_fraction=0.3, bagging_fraction=0.8, bagging_freq=1,
    min_data_in_leaf=60, lambda_l2=2, max_bin=63, verbose=-1, num_threads=1, deterministic=True, force_row_wise=True,
)
ROUNDS = 400
MOST_BLOCKS = 220
SECOND_LEVEL = {"co", "com", "org", "net", "gov", "edu", "ac"}
HOSTERS = {"github", "gitlab", "blogspot", "wordpress", "medium", "substack", "netlify", "wixsite"}


def registrable(host):
    """Returns the part of a host that one owner registers, near enough to keep the folds apart."""
    parts = host.lower().strip(".").split(".")
    hosted = len(parts) > 2 and (parts[-2] in HOSTERS or (parts[-2] in SECOND_LEVEL and len(parts[-1]) == 2))
    return ".".join(parts[-3:] if hosted else parts[-2:])


class Page:
    """A page of the benchmark with its true text."""

    def __init__(self, folder, name):
        self.id = name
        self.html = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        raw = (folder / "ground-truth" / f"{name}.json").read_bytes()
        truth = json.loads(raw)
        self.url = truth.get("url") or ""
        self.domain = registrable(urlsplit(self.url).hostname or name)
        self.truth = truth["ground_truth"].get("main_content") or ""
        kind = (truth.get("_internal") or {}).get("page_type", {})
        self.kind = kind.get("primary", "article") if isinstance(kind, dict) else kind
        self.digest = hashlib.sha256(self.html + b"\0" + raw).digest()


def load(folder, ids):
    """Reads the pages in the order of their names."""
    names = sorted(p.name.removesuffix(".html.gz") for p in (folder / "html").glob("*.html.gz"))
    if ids:
        asked = set(ids.read_text().split())
        names = [n for n in names if n in asked]
        if missing := asked - set(names):
            sys.exit(f"{ids} names pages that {folder} does not hold: {sorted(missing)[:5]}")
    return [Page(folder, name) for name in names]


def measure(pages, program):
    """Lets the program cut and measure the pages: per page its texts and words, and one matrix over all blocks."""
    with tempfile.TemporaryDirectory() as folder:
        asked, told, matrix = (Path(folder) / n for n in ("pages.jsonl", "blocks.jsonl", "features.f32"))
        with asked.open("w") as out:
            for page in pages:
                html = page.html.decode("utf-8", "replace")
                out.write(json.dumps({"id": page.id, "html": html}) + "\n")
        with asked.open() as stdin, told.open("w") as stdout:
            subprocess.run([program, "features", matrix], stdin=stdin, stdout=stdout, check=True)
        rows = [json.loads(line) for line in told.open()]
        names = rows[0]["features"]
        return rows, names, np.fromfile(matrix, np.float32).reshape(-1, len(names))


class Data:
    """Pages with their blocks: features, labels, words."""

    def __init__(self, pages, program):
        self.pages = pages
        rows, self.names, self.features = measure(pages, program)
        texts = [row["texts"] for row in rows]
        with ProcessPoolExecutor() as pool:
            shares = list(pool.map(label, texts, [p.truth for p in pages], chunksize=8))
        self.labels = np.concatenate([np.array(s, np.float32) for s in shares])
        self.tokens = [[tokens(t) for t in page] for page in texts]
        self.words = np.array([len(t) for page in self.tokens for t in page], np.float32)
        self.ends = np.cumsum([0] + [len(t) for t in texts])

    def span(self, page):
        return slice(self.ends[page], self.ends[page + 1])

    def sample(self, pages, seed):
        """Returns rows and weights: at most MOST_BLOCKS a page, the square root of words, every page alike."""
        random, rows, weights = np.random.RandomState(seed), [], []
        for page in pages:
            own = np.arange(self.ends[page], self.ends[page + 1])
            if len(own) > MOST_BLOCKS:
                own = np.sort(random.choice(own, MOST_BLOCKS, replace=False))
            weight = np.sqrt(self.words[own])
            if weight.sum() > 0:
                rows.append(own)
                weights.append(weight / weight.sum())
        weights = np.concatenate(weights)
        return np.concatenate(rows), weights / weights.mean()

    def fit(self, pages, columns, seed):
        rows, weights = self.sample(pages, seed)
        data = lightgbm.Dataset(self.features[rows][:, columns], self.labels[rows], weight=weights)
        return lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS)

    def folds(self, count, seed):
        """Returns the fold of each page; pages of one registrable domain share theirs."""
        domains = sorted({p.domain for p in self.pages})
        np.random.RandomState(seed).shuffle(domains)
        fold = {domain: i % count for i, domain in enumerate(domains)}
        return np.array([fold[p.domain] for p in self.pages])


def choose(words, odds):
    """Returns the blocks that promise the best F1, as the program chooses them before it mends."""
    order = np.argsort(-odds, kind="stable")
    hits, taken = np.cumsum((odds * words)[order]), np.cumsum(words[order])
    value = 2 * hits / (taken + hits[-1] + 1e-9)
    cut = int(np.argmax(value))
    return order[: cut + 1] if hits[cut] >= 10 else order[:0]


def f1(blocks, truth):
    """Returns the word F1 of the chosen blocks, as the benchmark counts it."""
    found, true = Counter(w for b in blocks for w in b), Counter(truth)
    if not true or not found:
        return float(not true and not found)
    common = sum((found & true).values())
    precision, recall = common / sum(found.values()), common / sum(true.values())
    return 2 * precision * recall / (precision + recall) if common else 0.0


def judge(data, odds, page):
    """Returns the F1 of a page whose blocks have these probabilities; a text said before is left out."""
    blocks, words = data.tokens[page], data.words[data.span(page)]
    if not len(words):
        return float(not tokens(data.pages[page].truth))
    kept, seen = [], set()
    for i in sorted(choose(words, odds[data.span(page)].astype(float))):
        key = tuple(blocks[i])
        if len(key) < 5 or key not in seen:
            kept.append(blocks[i])
        seen.add(key)
    return f1(kept, tokens(data.pages[page].truth))


def cross_validate(data, columns, count, seed):
    """Returns the mean F1, over all and per kind of page, each page judged by a model that knows none of its domain."""
    folds, odds = data.folds(count, seed), np.zeros(len(data.labels), np.float32)
    for fold in range(count):
        model = data.fit(np.flatnonzero(folds != fold), columns, seed)
        for page in np.flatnonzero(folds == fold):
            if data.span(page).start < data.span(page).stop:
                odds[data.span(page)] = model.predict(data.features[data.span(page)][:, columns], num_threads=1)
        print(f"fold {fold + 1} of {count} done", file=sys.stderr)
    scores = np.array([judge(data, odds, page) for page in range(len(data.pages))])
    kinds = np.array([p.kind for p in data.pages])
    by_kind = {kind: round(float(scores[kinds == kind].mean()), 4) for kind in sorted(set(kinds))}
    return {"folds": count, "f1": round(float(scores.mean()), 4), "f1_by_kind": by_kind}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ids", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extract", default=ROOT / "target/release/examples/extract")
    asked = parser.parse_args()
    data = Data(load(asked.data, asked.ids), asked.extract)
    chosen = (HERE / "features.txt").read_text().split()
    columns = [data.names.index(name) for name in chosen]
    head = {
        "features": chosen,
        "data": "WCXB dev, Murrough Foley, CC BY 4.0" + (f", pages of {asked.ids.name}" if asked.ids else ""),
        "data_digest": hashlib.sha256(b"".join(p.digest for p in data.pages)).hexdigest(),
        "pages": len(data.pages),
        "parameters": {**PARAMETERS, "seed": asked.seed, "rounds": ROUNDS, "blocks_per_page": MOST_BLOCKS, "lightgbm": lightgbm.__version__},
    }
    if asked.folds:
        head["scores"] = cross_validate(data, columns, asked.folds, asked.seed)
        print(json.dumps(head["scores"], indent=1))
    booster = data.fit(range(len(data.pages)), columns, asked.seed)
    size = write_model(asked.out, head, booster.dump_model())
    print(f"{asked.out}: {size} bytes, {ROUNDS} trees over {len(chosen)} features, fitted on {len(data.pages)} pages")


if __name__ == "__main__":
    main()
