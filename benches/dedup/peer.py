#!/usr/bin/env python3
"""Runs one deduplicator written in Python over documents: peer.py TOOL THRESHOLD DOCUMENTS.jsonl OUT.jsonl.

The counterpart of `peers/`. Documents are in memory before the clock starts; the cost of the work (and of
sketching alone) goes to standard output as one JSON object, the clusters go to OUT. Every tool has 128
permutations of word 5-grams where it leaves the choice, and one process and one thread do the work.
"""

import json
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

PERMUTATIONS = 128
WORDS = 5
WORD = re.compile(r"\w+")


def shingles(text):
    words = WORD.findall(text.lower())
    return list({" ".join(words[at : at + WORDS]) for at in range(max(1, len(words) - WORDS + 1))})


class Forest:
    """Joins the pairs that a tool names; no tool here brings clusters of its own along but the last two."""

    def __init__(self, size):
        self.parent = list(range(size))

    def root(self, at):
        while self.parent[at] != at:
            self.parent[at] = self.parent[self.parent[at]]
            at = self.parent[at]
        return at

    def join(self, a, b):
        a, b = self.root(a), self.root(b)
        self.parent[max(a, b)] = min(a, b)

    def roots(self):
        return [self.root(at) for at in range(len(self.parent))]


def datasketch(texts, threshold, sketched):
    from datasketch import MinHash, MinHashLSH

    sketches = []
    for text in texts:
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        sketches.append(sketch)
    sketched()
    index, forest = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS), Forest(len(texts))
    for at, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if sketch.jaccard(sketches[other]) >= threshold:
                forest.join(at, other)
        index.insert(at, sketch)
    return forest.roots()


def rensa(texts, threshold, sketched):
    from rensa import RMinHash, RMinHashLSH

    sketches = []
    for text in texts:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=42)
        sketch.update(shingles(text))
        sketches.append(sketch)
    sketched()
    # Bands whose own threshold lies nearest under the one that is asked for; they must divide 128.
    bands = max((b for b in (64, 32, 16, 8) if (1 / b) ** (b / PERMUTATIONS) <= threshold), key=lambda b: (1 / b) ** (b / PERMUTATIONS))
    index, forest = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=bands), Forest(len(texts))
    for at, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if sketch.jaccard(sketches[other]) >= threshold:
                forest.join(at, other)
        index.insert(at, sketch)
    return forest.roots()


def text_dedup(texts, threshold, sketched):
    """The steps of its command `text_dedup.minhash` without the data set that it keeps on disk between them."""
    import numpy as np
    import text_dedup.minhash as tool

    high, prime = np.uint32((1 << 32) - 1), np.uint64((1 << 61) - 1)
    bands, rows = tool.optimal_param(threshold, PERMUTATIONS, false_positive_weight=0.5, false_negative_weight=0.5)
    permutations = tuple(tool.RNG.randint(low, prime, size=(PERMUTATIONS,), dtype=np.uint64) for low in (1, 0))
    sketches = []
    for at, text in enumerate(texts):
        row = tool.embed_func(
            text, at, num_perm=PERMUTATIONS, ngram_size=WORDS, min_length=WORDS, permutations=permutations,
            hashranges=[(band * rows, (band + 1) * rows) for band in range(bands)],
            hash_func=lambda token: tool.sha1_hash(token, d=32), dtype=np.uint64, max_hash=high, modulo_prime=prime,
        )  # fmt: skip
        sketches.append(row[tool.SIGNATURE_COLUMN])
    sketched()
    tool.uf.reset()
    tables = [tool.defaultdict(set) for _ in range(bands)]
    for at, hashes in enumerate(sketches):
        for table, one in zip(tables, hashes):
            table[one].add(at)
    for table in tables:
        for cluster in table.values():
            first = min(cluster)
            for at in cluster:
                if at != first:
                    tool.uf.union(at, first)
    return [tool.uf.find(at) for at in range(len(texts))]


def datatrove(texts, threshold, sketched):
    """Its three stages, over files; `threshold` names a pair of buckets and hashes of about that threshold."""
    import struct

    from datatrove.data import Document
    from datatrove.pipeline.dedup import minhash as tool
    from loguru import logger

    logger.remove()
    buckets, hashes = {0.4: (24, 4), 0.5: (20, 5), 0.6: (16, 6), 0.7: (14, 8), 0.8: (9, 13)}[threshold]
    config = tool.MinhashConfig(n_grams=WORDS, num_buckets=buckets, hashes_per_bucket=hashes)
    with tempfile.TemporaryDirectory(prefix="bench-datatrove-") as folder:
        documents = (Document(text=text, id=str(at)) for at, text in enumerate(texts))
        tool.MinhashDedupSignature(f"{folder}/signatures", config).run(documents)
        sketched()
        for bucket in range(buckets):
            tool.MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/pairs", config=config).run(rank=bucket, world_size=buckets)
        tool.MinhashDedupCluster(f"{folder}/pairs", f"{folder}/remove", config, save_cluster_id=True).run()
        roots = [f"single {at}" for at in range(len(texts))]
        clusters = Path(f"{folder}/remove/000000.clusters")  # Absent when nothing is alike.
        for at, cluster in struct.iter_unpack("<II", clusters.read_bytes() if clusters.exists() else b""):
            roots[at] = cluster
        return roots


TOOLS = {"datasketch": datasketch, "rensa": rensa, "text-dedup": text_dedup, "datatrove": datatrove}


def main():
    name, threshold, documents, out = sys.argv[1:]
    ids, texts = [], []
    with open(documents, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            ids.append(row["id"])
            texts.append(row["text"])
    floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    TOOLS[name](texts[:2], float(threshold), lambda: None)  # Imports and tables are no part of the work.
    marks = [time.process_time()]
    roots = TOOLS[name](texts, float(threshold), lambda: marks.append(time.process_time()))
    marks.append(time.process_time())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open(out, "w", encoding="utf-8") as rows:
        for own, root in zip(ids, roots):
            rows.write(json.dumps({"id": own, "cluster_id": str(root)}) + "\n")
    cost = {"documents": len(ids), "work_s": marks[2] - marks[0], "sketch_s": marks[1] - marks[0], "peak_mb": peak / 1024, "input_mb": floor / 1024}
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
