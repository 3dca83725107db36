#!/usr/bin/env python3
"""Deduplicates the same documents with thresh and its peers, in turn, and prints what each cost and found.

    benches/dedup/run.py [--only thresh,gaoya,…] [--thresholds .5,.6,.7] [--rounds R] [--thresh PATH] [--dir DIR]
    benches/dedup/run.py --growth [10000,100000,…]    how cost grows with made-up documents
    benches/dedup/run.py --incremental [10000,…]      an index of most, then 1 % more, against a full run
    benches/dedup/run.py --hostile [SHAPE:COUNT,…]    documents that nobody means well with

Documents are those of `$THRESH_SHARED/data/dedup/dev`, and quality is told by `$THRESH_SHARED/tools/score_dedup.py`;
made-up ones are perturbed copies of them (`crates/deduplicator/examples/perturb`), which carry their own truth. CPU
is user + system time. `whole` counts a process from its start to its end, reading and writing of JSON included;
`work` counts from texts in memory to clusters in memory, `sketch` the part of it that each document takes alone.
Peers are run at each threshold; the row told is the one of the best pair F1. Files go to a folder that is removed at
the end; a million documents need 3 GB. Whatever is not installed is skipped loudly.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARED = Path(os.environ.get("THRESH_SHARED", ROOT.parent / "shared"))
GOLD = SHARED / "data/dedup/dev"
SCORER = SHARED / "tools/score_dedup.py"
PEERS = ROOT / "target/bench/dedup-peers/release/dedup-peers"
PYTHON = ROOT / "target/bench/dedup/bin/python"
PERTURB = ROOT / "target/release/examples/perturb"
COMMAND, IN_PROCESS = "thresh dedup", "thresh, in process"
OF_PYTHON = {"rensa": "rensa", "datasketch": "datasketch", "text-dedup": "text_dedup.minhash", "datatrove": "datatrove.pipeline.dedup.minhash"}
ALL = [COMMAND, IN_PROCESS, "gaoya", *OF_PYTHON]
# Tools that take minutes where others take seconds are tried at fewer thresholds.
SLOW = {"datatrove": [0.7, 0.5]}
LARGE = 8  # Copies from which on a page counts as news that goes round.
GROWTH = "10000,30000,100000,300000,1000000"
HOSTILE = "equal:1000000,empty:200000,common:200000,chrome:100000,families:100000,chain:100000,huge:50000000,repeated:50000000,ids:200000"


def run(command, out=os.devnull, threads=None, limit=None):
    """Runs a command to its end and says what it cost; its standard output goes to `out`."""
    env = {**os.environ, **({"RAYON_NUM_THREADS": str(threads)} if threads else {})}
    begun = time.monotonic()
    with open(out, "wb") as sink, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen([str(part) for part in command], stdout=sink, stderr=errors, env=env, preexec_fn=limit)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        told = errors.read().decode("utf-8", "replace").strip()
    cpu = usage.ru_utime + usage.ru_stime
    return {"cpu_s": cpu, "wall_s": time.monotonic() - begun, "peak_mb": usage.ru_maxrss / 1024, "exit": child.returncode, "told": told[-300:]}


def sound(cost, what):
    if cost["exit"]:
        sys.exit(f"{what} failed ({cost['exit']}): {cost['told']}")
    return cost


# The peers, on documents of known clusters.


def missing(tool, args):
    """Returns what has to be installed first, if anything."""
    if tool == COMMAND:
        return None if Path(args.thresh).is_file() else "cargo build --release"
    if tool in OF_PYTHON:
        known = subprocess.run([PYTHON, "-c", f"import {OF_PYTHON[tool]}"], capture_output=True) if PYTHON.is_file() else None
        return f"target/bench/dedup/bin/pip install {tool}" if known is None or known.returncode else None
    return None if PEERS.is_file() else "just bench-dedup builds it"


def scored(out):
    answer = out.with_suffix(".score.json")
    subprocess.run([sys.executable, SCORER, out, GOLD, "--quiet", "--json", answer], check=True)
    return json.loads(answer.read_text())


def command_cost(args, documents, folder, threads):
    """Runs `thresh dedup` for clusters alone, which is what the peers give."""
    out = folder / "thresh.jsonl"
    cost = sound(run([args.thresh, "dedup", documents], out, threads), COMMAND)
    return {**cost, "documents": count_lines(out), "out": out}


def library_cost(tool, threshold, documents, folder):
    out = folder / f"{tool.split(',')[0]}-{threshold}.out.jsonl"
    program = [PYTHON, "-B", HERE / "peer.py", tool] if tool in OF_PYTHON else [PEERS, tool.split(",")[0]]
    answer = folder / "cost.json"
    cost = sound(run([*program, threshold, documents, out], answer, threads=1), tool)
    return {**cost, **json.loads(answer.read_text()), "out": out}


def count_lines(path):
    with open(path, "rb") as lines:
        return sum(1 for _ in lines)


def middle(rounds, key):
    """Returns the cost with the median of `key`, the highest peak and the shortest wait of all rounds."""
    value = statistics.median_low([cost[key] for cost in rounds])
    cost = next(cost for cost in rounds if cost[key] == value)
    return {**cost, "peak_mb": max(cost["peak_mb"] for cost in rounds), "wall_s": min(cost["wall_s"] for cost in rounds)}


def at_its_best(tool, args, documents, folder):
    """Runs a peer at each threshold and returns the run of the best pair F1."""
    thresholds = [0.0] if tool == IN_PROCESS else SLOW.get(tool, args.thresholds)
    best = None
    for threshold in thresholds:
        rounds = [library_cost(tool, threshold, documents, folder) for _ in range(1 if tool in SLOW else args.rounds)]
        cost = middle(rounds, "work_s")
        cost |= {"score": scored(cost["out"]), "threshold": threshold}
        tell(tool, cost)
        if best is None or cost["score"]["pair_f1"] > best["score"]["pair_f1"]:
            best = cost
    return best


def tell(tool, cost):
    quality = {key: round(cost["score"][key], 4) for key in ("pair_f1", "b3_f1", "pages_lost")}
    told = {key: round(cost[key], 3) for key in ("cpu_s", "work_s", "sketch_s", "wall_s", "peak_mb", "threshold") if key in cost}
    print(json.dumps({"tool": tool, **told, **quality}), flush=True)


def rate(documents, seconds):
    return f"{documents / seconds:,.0f}" if seconds else ""


def peer_row(tool, cost):
    score, of = cost["score"], cost["documents"]
    name = f"{tool}, {cost['threshold']:g}" if cost.get("threshold") else tool
    work, sketch = (rate(of, cost.get(key)) for key in ("work_s", "sketch_s"))
    quality = f"{score['pair_f1']:.3f} | {score['b3_f1']:.3f} | {score['pages_lost']} ({100 * score['pages_lost_rate']:.1f} %)"
    print(f"| {name} | {rate(of, cost['cpu_s'])} | {work} | {sketch} | {cost['wall_s']:.2f} | {cost['peak_mb']:.0f} | {quality} |")


def compare(args, folder):
    documents = folder / "documents.jsonl"
    tools = args.only.split(",")
    if "thresh" in tools:
        tools = [COMMAND, IN_PROCESS, *(tool for tool in tools if tool != "thresh")]
    rows = []
    for tool in tools:
        wanted = missing(tool, args)
        if wanted:
            print(f"SKIPPED {tool}: not installed ({wanted})", file=sys.stderr)
        elif tool == COMMAND:
            for threads in (1, 2):
                cost = middle([command_cost(args, documents, folder, threads) for _ in range(args.rounds)], "cpu_s")
                cost["score"] = scored(cost["out"])
                rows.append((f"{tool}, {threads} thread{'s'[: threads - 1]}", cost))
                tell(*rows[-1])
        else:
            rows.append((tool, at_its_best(tool, args, documents, folder)))
    print(f"\n{count_lines(documents)} documents, {documents.stat().st_size / 1e6:.0f} MB\n")
    print("| tool | docs / CPU s, whole | docs / CPU s, work | docs / CPU s, sketch | wall s | peak MB | pair F1 | B³ F1 | pages lost |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for tool, cost in rows:
        peer_row(tool, cost)


# Documents made up.


def made(folder, count, first=0, last=None, name="made"):
    """Writes lines of `count` perturbed copies and what is true of them; returns both files."""
    out, truth = folder / f"{name}.jsonl", folder / f"{name}.truth.jsonl"
    cost = run([PERTURB, "pages", count, folder / "documents.jsonl", truth, 1, first, count if last is None else last], out)
    sound(cost, "perturb")
    return out, truth


def clusters(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["id"], row["cluster_id"]


def against_truth(truth, out):
    """Returns pair precision, recall in small and in large true clusters, and the numbers of clusters found and true."""
    known = dict(clusters(truth))
    both, found = Counter(), Counter()
    for own, cluster in clusters(out):
        both[known[own], cluster] += 1
        found[cluster] += 1
    true = Counter(known.values())
    hit, of = [0, 0], [0, 0]
    for (cluster, _), count in both.items():
        hit[true[cluster] > LARGE] += count * (count - 1) // 2
    for count in true.values():
        of[count > LARGE] += count * (count - 1) // 2
    merged = sum(count * (count - 1) // 2 for count in found.values())
    small, large = (part / whole if whole else 1.0 for part, whole in zip(hit, of))
    return {"precision": sum(hit) / max(1, merged), "small": small, "large": large, "found": len(found), "true": len(true)}


def growth(args, folder):
    print("\n| documents | MB | CPU s | docs / CPU s | wall s | peak MB | clusters found | true | pair P | pair R, ≤ 8 copies | pair R, more |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in map(int, args.growth.split(",")):
        documents, truth = made(folder, count)
        cost = run([args.thresh, "dedup", documents], folder / "out.jsonl")
        size = documents.stat().st_size / 1e6
        documents.unlink()
        if cost["exit"]:
            print(f"| {count:,} | {size:.0f} | failed ({cost['exit']}): {cost['told']} |", flush=True)
            continue
        found = against_truth(truth, folder / "out.jsonl")
        measured = f"{cost['cpu_s']:.1f} | {rate(count, cost['cpu_s'])} | {cost['wall_s']:.1f} | {cost['peak_mb']:.0f}"
        judged = f"{found['found']:,} | {found['true']:,} | {found['precision']:.4f} | {found['small']:.4f} | {found['large']:.4f}"
        print(f"| {count:,} | {size:.0f} | {measured} | {judged} |", flush=True)


def incremental(args, folder):
    """Gives an index of most documents all of them, the last hundredth new, and compares with a full run."""
    print("\n| documents | full run, CPU s | first run with index | 1 % added | of a full run | wall s | peak MB | index MB | nothing added, CPU s | other rows than a full run |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in map(int, args.incremental.split(",")):
        index, out, full_out = folder / "index", folder / "out.jsonl", folder / "full.jsonl"
        keeping = ["--index", index]
        most, _ = made(folder, count, 0, count * 100 // 101, name="most")
        documents, _ = made(folder, count)
        first = sound(run([args.thresh, "dedup", most, *keeping], out), "first run")
        most.unlink()
        added = sound(run([args.thresh, "dedup", documents, *keeping], out), "added")
        full = sound(run([args.thresh, "dedup", documents], full_out), "full run")
        again = sound(run([args.thresh, "dedup", documents, *keeping], folder / "again.jsonl"), "again")
        differing = len(set(open(full_out)) ^ set(open(out)))
        size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / 1e6
        share = f"{100 * added['cpu_s'] / full['cpu_s']:.1f} %"
        rest = f"{added['wall_s']:.1f} | {added['peak_mb']:.0f} | {size:.0f} | {again['cpu_s']:.2f} | {differing}"
        print(f"| {count:,} | {full['cpu_s']:.2f} | {first['cpu_s']:.2f} | {added['cpu_s']:.2f} | {share} | {rest} |", flush=True)
        shutil.rmtree(index, ignore_errors=True)


def limited():
    """Keeps a process that runs wild from taking the machine with it: 12 GB, ten minutes of CPU."""
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (600, 600))


def hostile(args, folder):
    print("\n| shape | count | MB | CPU s | wall s | peak MB | exit | clusters |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |")
    for shape, count in (entry.split(":") for entry in args.hostile.split(",")):
        documents, out = folder / "hostile.jsonl", folder / "out.jsonl"
        sound(run([PERTURB, "hostile", shape, count], documents), "perturb")
        cost = run([args.thresh, "dedup", documents], out, limit=limited)
        found = "" if cost["exit"] else f"{len({cluster for _, cluster in clusters(out)}):,}"
        ended = f"{cost['exit']}: {cost['told']}" if cost["exit"] else "0"
        size = documents.stat().st_size / 1e6
        print(f"| {shape} | {int(count):,} | {size:.0f} | {cost['cpu_s']:.1f} | {cost['wall_s']:.1f} | {cost['peak_mb']:.0f} | {ended} | {found} |", flush=True)
        documents.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(["thresh", *ALL[2:]]))
    parser.add_argument("--thresholds", default="0.4,0.5,0.6,0.7", type=lambda text: [float(part) for part in text.split(",")])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--growth", nargs="?", const=GROWTH)
    parser.add_argument("--incremental", nargs="?", const="10000,100000,300000")
    parser.add_argument("--hostile", nargs="?", const=HOSTILE)
    parser.add_argument("--thresh", default=str(ROOT / "target/release/thresh"))
    parser.add_argument("--dir", default=None, help="where the files go; the system's temporary folder otherwise")
    args = parser.parse_args()
    if not GOLD.is_dir():
        sys.exit(f"{GOLD} is absent: name its root with THRESH_SHARED")
    with tempfile.TemporaryDirectory(prefix="bench-dedup-", dir=args.dir) as folder:
        folder = Path(folder)
        with gzip.open(GOLD / "docs.jsonl.gz") as packed, open(folder / "documents.jsonl", "wb") as plain:
            shutil.copyfileobj(packed, plain)
        chosen = [mode for mode in (growth, incremental, hostile) if getattr(args, mode.__name__)] or [compare]
        for mode in chosen:
            mode(args, folder)


if __name__ == "__main__":
    main()
