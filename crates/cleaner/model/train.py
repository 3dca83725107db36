#!/usr/bin/env python3
"""Fits the model that tells a page's own text from what stands around it.

  train.py DATA --out FILE [--ids IDS [--apart-from IDS]] [--folds 5] [--seed 1] [--extract PROGRAM]

DATA is a folder in the shape of the WCXB benchmark (CC BY 4.0,
https://github.com/Murrough-Foley/web-content-extraction-benchmark): html/ID.html.gz and
ground-truth/ID.json. The features are those that the program itself measures: PROGRAM is
`cargo build --release -p thresh-cleaner --example extract`. Needs lightgbm and numpy
(requirements.txt pins them); the same data, seed and versions give the same file, byte for byte.

With --folds K the pages are first split by registrable domain into K parts, each judged by a model
fitted on the others, and the figures go into the model's head. With --ids only the pages named in
the file are used, for fitting and for the folds; with --apart-from those of them are left out that
share an id, address, registrable domain or near-duplicate true text with a page of that file.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import lightgbm
import numpy as np

import split
from labels import label, tokens
from model_file import write_model
from pages import load

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PARAMETERS = dict(
    objective="cross_entropy", num_leaves=31, learning_rate=0.05, feature_fraction=0.3,
    bagging_fraction=0.8, bagging_freq=1, min_data_in_leaf=60, lambda_l2=2, max_bin=63,
    verbose=-1, num_threads=1, deterministic=True, force_row_wise=True,
)
ROUNDS = 400
MOST_BLOCKS = 220


def measure(pages, program):
    """Lets the program cut and measure the pages.

    Returns a row a page with the texts of its blocks, the names of the features, and one matrix
    over the blocks of all pages.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, told = Path(folder) / "pages.jsonl", Path(folder) / "blocks.jsonl"
        matrix = Path(folder) / "features.f32"
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
        """Measures the pages and labels their blocks by the true texts."""
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
        """Returns where the blocks of a page are."""
        return slice(self.ends[page], self.ends[page + 1])

    def sample(self, pages, seed):
        """Returns rows and their weights.

        At most MOST_BLOCKS a page; a block weighs the square root of its words, all pages alike.
        """
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
        """Returns the trees fitted on these pages."""
        rows, weights = self.sample(pages, seed)
        chosen = self.features[rows][:, columns]
        data = lightgbm.Dataset(chosen, self.labels[rows], weight=weights)
        return lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS)


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
    """Returns the F1 of a page whose blocks have these odds; a text said before is left out."""
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
    """Returns the mean F1, over all and per kind of page.

    Each page is judged by a model that knows none of its domain and no text like its own.
    """
    odds = np.zeros(len(data.labels), np.float32)
    fold_of = split.folds(data.pages, count, np.random.RandomState(seed).shuffle)
    for fold in range(count):
        training, judged = split.fold_parts(data.pages, fold_of, fold)
        model = data.fit(training, columns, seed)
        for span in (data.span(page) for page in judged):
            if span.start < span.stop:
                odds[span] = model.predict(data.features[span][:, columns], num_threads=1)
        print(f"fold {fold + 1} of {count} done", file=sys.stderr)
    scores = np.array([judge(data, odds, page) for page in range(len(data.pages))])
    kinds = np.array([p.kind for p in data.pages])
    by_kind = {k: round(float(scores[kinds == k].mean()), 4) for k in sorted(set(kinds))}
    return {"folds": count, "f1": round(float(scores.mean()), 4), "f1_by_kind": by_kind}


def arguments():
    """Returns what the caller asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ids", type=Path)
    parser.add_argument("--apart-from", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extract", default=ROOT / "target/release/examples/extract")
    return parser.parse_args()


def asked_pages(asked):
    """Returns the pages to fit on, and what the model's head says of them."""
    pages, told = load(asked.data, asked.ids), "WCXB dev, Murrough Foley, CC BY 4.0"
    if asked.ids:
        told += f", pages of {asked.ids.name}"
    if asked.apart_from:
        judged, count = load(asked.data, asked.apart_from), len(pages)
        pages = split.apart(pages, judged)
        split.require_apart(pages, judged)
        print(f"{count - len(pages)} of {count} pages are kin of pages in {asked.apart_from.name}: "
              "left out of the fit")
        told += f" that are no kin of those of {asked.apart_from.name}"
    return pages, told


def head_of(pages, told, chosen, seed):
    """Returns what a model file says of itself, but for the scores."""
    return {
        "features": chosen,
        "data": told,
        "data_digest": hashlib.sha256(b"".join(p.digest for p in pages)).hexdigest(),
        "pages": len(pages),
        "parameters": {
            **PARAMETERS, "seed": seed, "rounds": ROUNDS, "blocks_per_page": MOST_BLOCKS,
            "lightgbm": lightgbm.__version__,
        },
    }


def main():
    """Fits, judges where asked to, and writes the model."""
    asked = arguments()
    pages, told = asked_pages(asked)
    data = Data(pages, asked.extract)
    chosen = (HERE / "features.txt").read_text().split()
    columns = [data.names.index(name) for name in chosen]
    head = head_of(pages, told, chosen, asked.seed)
    if asked.folds:
        head["scores"] = cross_validate(data, columns, asked.folds, asked.seed)
        print(json.dumps(head["scores"], indent=1))
    booster = data.fit(range(len(pages)), columns, asked.seed)
    size = write_model(asked.out, head, booster.dump_model())
    print(f"{asked.out}: {size} bytes, {ROUNDS} trees over {len(chosen)} features, "
          f"fitted on {len(pages)} pages")


if __name__ == "__main__":
    main()
