#!/usr/bin/env python3
"""Runs thresh, wget and Scrapy + warcio on the same loopback site, in turn, and prints what each cost.

    benches/crawl/run.py [--pages N] [--origins M] [--rounds R] [--only thresh,wget,wget-gzip,scrapy] [--thresh PATH]

CPU is user + system time of the crawler's process (for wget and Scrapy of theirs), never of the site's
server. What each really fetched is counted by the server, so nobody wins by doing less. Whatever is not
installed is skipped loudly. `wget` is as wget is by default, which asks
for no compression and packs every page itself; `wget-gzip` has `--compression=auto`. Peers come from `target/bench` (`python3 -m venv target/bench` and
`target/bench/bin/pip install scrapy warcio`) and from the system (wget).
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CONNECTIONS = 16


def configure(folder, seeds):
    """Writes a configuration with one site for each origin."""
    (folder / "sites").mkdir(parents=True)
    (folder / "thresh.toml").write_text(
        '[corpus]\nname = "bench"\ncontact = "mailto:bench@example.org"\n'
        f'[crawl]\ndelay = "0s"\nmax_connections = {CONNECTIONS}\nallow_addresses = ["127.0.0.0/8"]\n'
    )
    for number, seed in enumerate(seeds):
        origin = seed.rstrip("/")
        (folder / "sites" / f"office-{number:02}.toml").write_text(
            f'id = "office-{number:02}"\nseeds = ["{seed}"]\norigins = ["{origin}"]\nlicence = "unknown"\n'
            f'licence_evidence.says = "a bench"\nlicence_evidence.seen = "not seen"\n'
        )


def thresh(args, folder, seeds):
    configure(folder / "config", seeds)
    return [args.thresh, "--config", folder / "config", "--corpus", folder / "corpus", "--quiet", "crawl"]


def wget(args, folder, seeds, compression="none"):
    """One process that takes the origins one after another, as wget does. It asks for no compression by itself."""
    return [
        "wget", "--recursive", "--level=inf", "--no-verbose", "--execute=robots=on", f"--compression={compression}",
        "--delete-after", "--directory-prefix", folder / "files", "--output-file", folder / "log",
        "--follow-tags=a,area,frame,iframe", "--warc-file", folder / "wget", *seeds,
    ]  # fmt: skip


def wget_gzip(args, folder, seeds):
    return wget(args, folder, seeds, "auto")


def scrapy(args, folder, seeds):
    return [ROOT / "target/bench/bin/python", HERE / "scrapy_spider.py", folder / "scrapy.warc.gz", *seeds]


CRAWLERS = {"thresh": thresh, "wget": wget, "wget-gzip": wget_gzip, "scrapy": scrapy}


def missing(name, args):
    """Returns what has to be installed first, if anything."""
    if name == "thresh" and not Path(args.thresh).is_file():
        return "cargo build --release"
    if name.startswith("wget") and not shutil.which("wget"):
        return "apt-get install wget"
    if name == "scrapy" and not (ROOT / "target/bench/bin/scrapy").is_file():
        return "python3 -m venv target/bench; target/bench/bin/pip install scrapy warcio"
    return None


def measure(command, log):
    """Runs a command and returns its CPU seconds, wall seconds, peak memory in MB and exit code."""
    begun = time.monotonic()
    with open(log, "wb") as out:
        child = subprocess.Popen([str(part) for part in command], stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begun
    return usage.ru_utime, usage.ru_stime, wall, usage.ru_maxrss / 1024, child.returncode


def counts(control):
    with urllib.request.urlopen(control) as answer:
        return json.load(answer)


def warc_bytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))


def one(name, args, site, keep=None):
    folder = Path(tempfile.mkdtemp(prefix=f"bench-{name}-", dir=args.dir))
    try:
        counts(site["control"])
        command = CRAWLERS[name](args, folder, site["origins"])
        user, system, wall, peak, code = measure(command, folder / "out")
        got = counts(site["control"])
        if code not in (0, 8):  # 8: wget's word for a page that answered 404
            print((folder / "out").read_text()[-2000:], file=sys.stderr)
        thousands = max(got["distinct"], 1) / 1000
        return {
            "crawler": name, "exit": code, "cpu_per_1000": (user + system) / thousands, "user": user, "sys": system,
            "wall": wall, "rss_mb": peak, "warc_mb": warc_bytes(folder) / 1e6, **got,
        }  # fmt: skip
    finally:
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)


def table(results):
    base = next((r["cpu_per_1000"] for r in results if r["crawler"] == "thresh"), None)
    print("\n| crawler | CPU s / 1,000 pages | of it system | wall s | peak RSS MB | WARC MB | pages | distinct | HTML MB | against robots | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for r in results:
        ratio = f"{r['cpu_per_1000'] / base:.1f}" if base else ""
        share = r["sys"] / max(r["distinct"], 1) * 1000
        print(
            f"| {r['crawler']} | {r['cpu_per_1000']:.2f} | {share:.2f} | {r['wall']:.1f} | {r['rss_mb']:.0f} | {r['warc_mb']:.0f}"
            f" | {r['pages']} | {r['distinct']} | {r['html_bytes'] / 1e6:.0f} | {r['against_robots']} | {ratio} |"
        )


def middle(rounds):
    """Returns the round whose CPU is the median."""
    rounds = sorted(rounds, key=lambda r: r["cpu_per_1000"])
    return rounds[(len(rounds) - 1) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--origins", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="thresh,wget,wget-gzip,scrapy")
    parser.add_argument("--thresh", default=str(ROOT / "target/release/thresh"), help="comma-separated to compare several")
    parser.add_argument("--dir", default=None, help="where the corpora go; the system's temporary folder otherwise")
    parser.add_argument("--keep", action="store_true", help="leave the files behind")
    args = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4096), hard), hard))
    server = ROOT / "target/release/examples/bench_site"
    if not server.is_file():
        sys.exit("build the site first: cargo build --release -p thresh-testkit --example bench_site")
    binaries = args.thresh.split(",")
    with subprocess.Popen(
        [server, "--pages", str(args.pages), "--origins", str(args.origins)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as site_process:
        site = json.loads(site_process.stdout.readline())
        print(f"{site['pages']} pages at {args.origins} origins, median {site['median_html']} bytes, {site['median_gzip']} compressed")
        results = []
        for name in args.only.split(","):
            for binary in (binaries if name == "thresh" else binaries[:1]):
                args.thresh = binary
                wanted = missing(name, args)
                if wanted:
                    print(f"SKIPPED {name}: not installed ({wanted})", file=sys.stderr)
                    continue
                results.append(([], name, binary))
        for _ in range(args.rounds):
            for rounds, name, binary in results:
                args.thresh = binary
                rounds.append(one(name, args, site))
                print(json.dumps({"binary": binary, **rounds[-1]} if name == "thresh" else rounds[-1]), flush=True)
        table([middle(rounds) for rounds, _, _ in results])
        site_process.stdin.close()


if __name__ == "__main__":
    main()
