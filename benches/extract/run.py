#!/usr/bin/env python3
"""Extracts the same pages with thresh and its peers, in turn, and prints what each cost.

    benches/extract/run.py [PAGES] [--rounds R] [--only thresh,scraper-parse,…] [--limit N] [--thresh PATH]

PAGES is a JSONL file (`{"id", "url", "html"}` a line), a folder of HTML files, or a folder of a benchmark with
`html/` and `ground-truth/`. Without it: `$THRESH_SHARED/data/wcxb/dev` if that is there, else the HTML under
`/usr/share/doc`. CPU is user + system time of the work on pages in memory; of several rounds the median counts.
`ratio` is to what parsing alone costs with scraper, thresh's own parser. Memory is the peak of the process
above what the same program needs to read the pages (`nothing`); for Python above the largest page.
`thresh extract` is the whole program, reading and writing of JSON included. With ground truth at hand, word F1
and the paired difference to each peer are told, with a bootstrap interval, by
`$THRESH_SHARED/tools/score_extraction.py`. Whatever is not installed is skipped loudly.
"""

import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARED = Path(os.environ.get("THRESH_SHARED", ROOT.parent / "shared"))
PEERS = ROOT / "target/bench/peers/release/extract-peers"
PYTHON = ROOT / "target/bench/bin/python"
RUST = ["scraper-parse", "thresh", "dom_smoothie", "rs-trafilatura"]
OF_PYTHON = {"resiliparse": "resiliparse", "readability-lxml": "readability", "trafilatura": "trafilatura"}
COMMAND = "thresh extract"
ALL = [*RUST, COMMAND, *OF_PYTHON]


def html_of(path):
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")


def of_folder(folder):
    """Yields the pages of a folder, those of a benchmark by their ids and with their addresses."""
    truth = folder / "ground-truth"
    if truth.is_dir():
        for path in sorted(truth.glob("*.json")):
            about = json.loads(path.read_text("utf-8"))
            page = folder / "html" / f"{path.stem}.html"
            page = page if page.exists() else page.with_suffix(".html.gz")
            yield {"id": path.stem, "url": about.get("url") or "", "html": html_of(page)}
        return
    for path in sorted(folder.rglob("*.htm*")):
        if path.is_file() and re.fullmatch(r".*\.html?(\.gz)?", path.name):
            yield {"id": str(path.relative_to(folder)), "url": "", "html": html_of(path)}


def write_pages(source, limit, out):
    if source.is_file():
        pages = (json.loads(line) for line in source.open(encoding="utf-8") if line.strip())
    else:
        pages = of_folder(source)
    count = 0
    with out.open("w", encoding="utf-8") as lines:
        for page in pages:
            if limit and count >= limit:
                break
            if page.get("html"):
                page = {"id": str(page.get("id", count)), "url": page.get("url") or None, "html": page["html"]}
                lines.write(json.dumps(page, ensure_ascii=False) + "\n")
                count += 1
    return count


def missing(tool, args):
    """Returns what has to be installed first, if anything."""
    if tool in RUST and not PEERS.is_file():
        return "just bench-extract builds it"
    if tool == COMMAND and not Path(args.thresh).is_file():
        return "cargo build --release"
    if tool in OF_PYTHON:
        known = subprocess.run([PYTHON, "-c", f"import {OF_PYTHON[tool]}"], capture_output=True) if PYTHON.is_file() else None
        if known is None or known.returncode:
            return f"target/bench/bin/pip install {tool}"
    return None


def whole_command(args, pages, out):
    """Runs `thresh extract` as its users do, and counts all of it."""
    with pages.open("rb") as source, out.open("wb") as sink:
        child = subprocess.Popen([args.thresh, "extract"], stdin=source, stdout=sink, cwd=out.parent)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    rows = [json.loads(line) for line in out.open(encoding="utf-8")]
    return {
        "cpu_s": usage.ru_utime + usage.ru_stime, "pages": len(rows), "failed": sum("error" in row for row in rows),
        "peak_mb": usage.ru_maxrss / 1024,
    }  # fmt: skip


def one(tool, args, pages, out):
    if tool == COMMAND:
        return whole_command(args, pages, out)
    program = [PYTHON, HERE / "peer.py"] if tool in OF_PYTHON else [PEERS]
    done = subprocess.run([*program, tool, pages, out], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{tool} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def truth_of(source):
    return source if (source / "ground-truth").is_dir() else None


def scored(source, out, *more):
    """Returns what the scorer says of `out`, none without ground truth or scorer."""
    scorer = SHARED / "tools/score_extraction.py"
    if not source or not scorer.is_file():
        return None
    answer = out.with_suffix(".score.json")
    subprocess.run([sys.executable, scorer, out, source, "--quiet", "--boot", "0", "--json", answer, *more], check=True, stdout=subprocess.DEVNULL)
    return json.loads(answer.read_text())


def middle(rounds):
    """Returns the cost with the median CPU and the highest peak of all rounds."""
    cpu = statistics.median_low([cost["cpu_s"] for cost in rounds])
    cost = next(cost for cost in rounds if cost["cpu_s"] == cpu)
    return {**cost, "peak_mb": max(cost["peak_mb"] for cost in rounds)}


def above_input(tool, cost, floor):
    if tool in OF_PYTHON:
        return cost["peak_mb"] - cost["largest_mb"]
    return cost["peak_mb"] - floor["peak_mb"]


def table(costs, floor, scores):
    base = costs.get("scraper-parse")
    base = base and base["cpu_s"] / base["pages"]
    print("\n| tool | CPU ms / page | ratio to parsing | peak MB above input | pages | failed | F1 | P | R |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for tool, cost in costs.items():
        each = cost["cpu_s"] / cost["pages"]
        ratio = f"{each / base:.2f}" if base else ""
        score = scores.get(tool)
        quality = " | ".join(f"{score['overall'][key]:.3f}" for key in ("f1", "p", "r")) if score else "| | "
        print(f"| {tool} | {each * 1000:.2f} | {ratio} | {above_input(tool, cost, floor):.0f} | {cost['pages']} | {cost['failed']} | {quality} |")


def paired(source, outs):
    """Prints, page by page, by how much thresh is better or worse than each peer."""
    own = outs.get("thresh")
    for tool, out in outs.items():
        if own and tool not in ("thresh", COMMAND, "scraper-parse"):
            score = scored(source, own, "--baseline", out, "--boot", "2000")
            if score:
                against = score["vs_baseline"]
                low, high = against["ci95"]
                print(f"thresh − {tool}: {against['mean_diff']:+.4f} (95 %: {low:+.4f} … {high:+.4f}), better on {against['wins']} pages, worse on {against['losses']}")


def measure(args, tools, pages, folder):
    rounds = {tool: [] for tool in tools}
    for number in range(args.rounds):
        for tool in tools:
            rounds[tool].append(one(tool, args, pages, folder / f"{tool.replace(' ', '-')}.jsonl"))
            print(json.dumps({"round": number, "tool": tool, **rounds[tool][-1]}), flush=True)
    return {tool: middle(costs) for tool, costs in rounds.items()}


def default_pages():
    wcxb = SHARED / "data/wcxb/dev"
    if wcxb.is_dir():
        return wcxb
    print(f"{wcxb} is absent: the pages under /usr/share/doc are taken, without ground truth", file=sys.stderr)
    return Path("/usr/share/doc")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default=",".join(ALL))
    parser.add_argument("--limit", type=int, default=0, help="take only so many pages")
    parser.add_argument("--thresh", default=str(ROOT / "target/release/thresh"))
    parser.add_argument("--dir", default=None, help="where the pages and results go; the system's temporary folder otherwise")
    args = parser.parse_args()
    source = args.pages or default_pages()
    tools = []
    for tool in args.only.split(","):
        wanted = missing(tool, args)
        if wanted:
            print(f"SKIPPED {tool}: not installed ({wanted})", file=sys.stderr)
        else:
            tools.append(tool)
    with tempfile.TemporaryDirectory(prefix="bench-extract-", dir=args.dir) as folder:
        folder = Path(folder)
        pages = folder / "pages.jsonl"
        print(f"{write_pages(source, args.limit, pages)} pages, {pages.stat().st_size / 1e6:.0f} MB")
        floor = one("nothing", args, pages, folder / "nothing.jsonl")
        costs = measure(args, tools, pages, folder)
        outs = {tool: folder / f"{tool.replace(' ', '-')}.jsonl" for tool in tools}
        truth = truth_of(source) if not args.limit else None
        scores = {tool: scored(truth, out) for tool, out in outs.items() if tool != "scraper-parse"}
        table(costs, floor, scores)
        paired(truth, outs)


if __name__ == "__main__":
    main()
