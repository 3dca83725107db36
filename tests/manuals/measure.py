"""Measures what of a manual's structure comes out of `thresh extract`.

The truth is the tree as lxml reads it: h1 to h6, pre and tr within the element that holds the page's
own text. It is compared with the plain text (lines) and with the Markdown as an independent CommonMark
reader (markdown-it-py) understands it. With `--blocks PROGRAM` the same is measured on all blocks
before anything is dropped, which tells a loss of cutting from a loss of choosing.
"""

import argparse
import glob
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote

import lxml.etree
import lxml.html
from markdown_it import MarkdownIt

from sites import SITES

KINDS = ("headings", "code", "rows")
NO_ROW = ".//pre | .//table | .//h1 | .//h2 | .//h3 | .//h4 | .//h5 | .//h6"
MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass
class Found:
    """Structure of one page, or of what came out of it."""

    headings: Counter = field(default_factory=Counter)
    code: Counter = field(default_factory=Counter)
    rows: Counter = field(default_factory=Counter)


def squeeze(text):
    """Keeps what may not change: everything but white space, bars between cells and zero-width signs."""
    return re.sub(r"[\s|\u200b\ufeff]+", "", text)


def bare(text):
    """Drops the white space at the ends of code that no fence can keep: empty lines."""
    return re.sub(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z", "", text.replace("\r\n", "\n"))


def content(element):
    """Returns the text of an element; a `<br>` is a line end."""
    return "".join(walk(element))


def walk(element):
    """Yields the texts of an element in order, without comments and what no reader sees."""
    skipped = element.tag in ("script", "style", "template", "svg") if isinstance(element.tag, str) else True
    if element.tag == "br":
        yield "\n"
    if not skipped and element.text:
        yield element.text
    if not skipped:
        for child in element:
            yield from walk(child)
            if child.tail:
                yield child.tail


def listing(pre):
    """Drops the buttons of a listing and sets its variants apart: several `<code>` in one `<pre>`."""
    for button in list(pre.iter("button")):
        button.drop_tree()
    for code in pre.findall("code")[1:]:
        before = code.getprevious()
        if before is not None and before.tag == "code" and not (before.tail or "").strip():
            before.tail = "\n"
    return pre


def truth(html, site):
    """Returns the structure of the page's own text, and its words; none where it has no main element."""
    tree = lxml.html.document_fromstring(html)
    mains = tree.xpath(site.main)
    if not mains:
        return None
    main = mains[0]
    for path in site.without:
        for node in main.xpath(path):
            if node.getparent() is not None:
                node.drop_tree()
    found = Found()
    for node in main.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        text = squeeze(content(node)).rstrip("¶#")
        if re.search(r"\w", text):
            found.headings[text] += 1
    for node in main.iter("pre"):
        if any(parent.tag == "pre" for parent in node.iterancestors()):
            continue
        text = content(listing(node))
        text = bare(text[1:] if text.startswith("\n") else text)
        if re.search(r"\w", text):
            found.code[text] += 1
    for node in main.iter("tr"):
        cells = [cell for cell in node if cell.tag in ("td", "th")]
        row = squeeze("".join(content(cell) for cell in cells))
        filled = [cell for cell in cells if re.search(r"\w", content(cell))]
        # DocBook lays out questions and answers by a table: its rows are running text with a number.
        lays_out = node.xpath("ancestor::*[contains(@class, 'qandaset') or contains(@class, 'qandaentry')]")
        if len(filled) >= 2 and not lays_out and not node.xpath(NO_ROW):
            found.rows[row] += 1
    return found, Counter(words(spaced(main)))


INLINE = {"a", "abbr", "b", "cite", "code", "em", "font", "i", "kbd", "samp", "small", "span", "strong", "sub", "sup", "tt", "u", "var"}


def spaced(main):
    """Returns the text with white space where an element that is not inline starts or ends."""
    parts = []
    for event, node in lxml.etree.iterwalk(main, events=("start", "end", "comment", "pi")):
        if not isinstance(node.tag, str):
            parts.append(node.tail or "")
            continue
        gap = "" if node.tag in INLINE else " "
        seen = node.tag not in ("script", "style", "template")
        if event == "start":
            parts.append(gap + (node.text or "" if seen else ""))
        elif node is not main:
            parts.append(gap + (node.tail or ""))
    return "".join(parts)


def words(text):
    return re.findall(r"\w+", text.lower())


def of_text(text):
    """Returns what the lines of plain text hold: any line may be a heading or a row."""
    lines = Counter(squeeze(line) for line in text.split("\n"))
    found = Found(headings=Counter(), code=Counter(), rows=lines)
    for line, count in lines.items():
        found.headings[line.rstrip("¶#")] += count
    return found


def of_markdown(markdown):
    """Returns what a CommonMark reader finds."""
    found = Found()
    tokens = MARKDOWN.parse(markdown)
    row = None
    for i, token in enumerate(tokens):
        if token.type == "heading_open":
            found.headings[squeeze(inline(tokens[i + 1])).rstrip("¶#")] += 1
        elif token.type == "fence":
            found.code[bare(token.content)] += 1
        elif token.type == "tr_open":
            row = ""
        elif token.type == "tr_close":
            found.rows[row] += 1
            row = None
        elif token.type == "inline" and row is not None:
            row += squeeze(inline(token))
    return found


def inline(token):
    parts = []
    for child in token.children or []:
        if child.type in ("text", "code_inline", "html_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)


def of_blocks(blocks, kept):
    """Returns what the blocks hold before rendering."""
    found = Found()
    for block in blocks:
        if kept and "kept" not in json.dumps(block.get("fate", "")).lower():
            continue
        kind = json.dumps(block["kind"]).lower()
        if "heading" in kind:
            found.headings[squeeze(block["text"]).rstrip("¶#")] += 1
        elif "code" in kind:
            found.code[bare(block["text"])] += 1
        elif "row" in kind:
            found.rows[squeeze(block["text"])] += 1
    return found


def code_in_text(wanted, text):
    """Counts code that stands in plain text byte for byte, each on lines of its own."""
    body = "\n" + text + "\n"
    return sum(min(count, body.count("\n" + code + "\n")) for code, count in wanted.items())


def kept(wanted, found):
    return sum(min(count, found[key]) for key, count in wanted.items())


def run(command, rows):
    """Feeds pages to a filter and returns its answers, one a page."""
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(rows):
        sys.exit(f"{command[0]} gave {len(answers)} answers to {len(rows)} pages (exit {done.returncode})")
    return answers


def pages(site, most):
    """Returns the pages of a site: at most so many, always the same ones."""
    names = sorted(
        name for name in glob.glob(site.glob, recursive=True)
        if not any(part in name for part in site.exclude)
    )
    names.sort(key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return names[:most] if most else names


def read(name):
    with open(name, "rb") as file:
        return file.read()


class Table:
    """Adds up shares and prints them."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.total = Counter()
        self.lost = []

    def add(self, way, want, got):
        for kind in KINDS:
            wanted = getattr(want, kind)
            self.total[way, kind] += kept(wanted, getattr(got, kind))
            missing = wanted - getattr(got, kind)
            self.lost += [(way, kind, text) for text in missing.elements()]

    def share(self, way, kind):
        wanted = self.total["truth", kind]
        return self.total[way, kind] / wanted if wanted else None


def measure(site, options):
    """Prints the line of one site and returns whether it holds the floors."""
    names = pages(site, options.pages)
    if not names:
        print(f"{site.name:24} ABSENT: apt-get install {site.package}", flush=True)
        return True
    raw = [read(name).decode("utf-8", "replace") for name in names]
    truths = [truth(re.sub(r"^\s*<\?xml[^>]*\?>", "", html), site) for html in raw]
    chosen = [i for i, found in enumerate(truths) if found]
    rows = [{"id": names[i], "url": "https://manuals.example" + quote(names[i]), "html": raw[i]} for i in chosen]
    answers = run([options.thresh, "extract", *options.arguments], rows)
    dumps = run([options.blocks, "blocks"], rows) if options.blocks else [None] * len(rows)
    table, precise, recalled = Table(KINDS), [], []
    for i, answer, dump in zip(chosen, answers, dumps):
        want, own = truths[i]
        text, markdown = answer.get("text") or "", answer.get("markdown") or ""
        table.add("truth", want, want)
        found = of_text(text)
        found.code = Counter()
        table.add("text", Found(want.headings, Counter(), want.rows), found)
        table.total["text", "code"] += code_in_text(want.code, text)
        table.add("markdown", want, of_markdown(markdown))
        if dump is not None:
            blocks = dump if isinstance(dump, list) else dump["blocks"]
            table.add("blocks", want, of_blocks(blocks, kept=False))
            table.add("kept", want, of_blocks(blocks, kept=True))
        out = Counter(words(text))
        same = sum((out & own).values())
        precise.append(same / max(1, sum(out.values())))
        recalled.append(same / max(1, sum(own.values())))
    report(site, len(rows), table, precise, recalled, options)
    return all(
        (table.share(way, kind) or 1.0) >= options.floor
        for way in ("text", "markdown") for kind in KINDS
    )


def report(site, count, table, precise, recalled, options):
    ways = ["text", "markdown"] + (["blocks"] if options.blocks else [])
    cells = []
    for kind in KINDS:
        shares = [table.share(way, kind) for way in ways]
        total = table.total["truth", kind]
        cells.append("/".join("  – " if s is None else f"{s:.3f}" for s in shares) + f" {total:>6}")
    mean = lambda values: sum(values) / max(1, len(values))
    print(
        f"{site.name:24} {site.generator:11} {count:>4}  " + "  ".join(cells)
        + f"  {mean(precise):.3f} {mean(recalled):.3f}", flush=True,
    )
    if options.losses:
        for way, kind, text in table.lost[: options.losses]:
            print(f"    {way} {kind}: {text[:160]!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--thresh", default="target/release/thresh")
    parser.add_argument("--blocks", help="the cleaner's example `extract`, which prints every block")
    parser.add_argument("--pages", type=int, default=60, help="most pages a site; 0 takes all")
    parser.add_argument("--site", action="append", help="only sites whose name starts so")
    parser.add_argument("--floor", type=float, default=0.95)
    parser.add_argument("--losses", type=int, default=0, help="print so many losses a site")
    parser.add_argument("arguments", nargs="*", help="arguments for `thresh extract`")
    options = parser.parse_args()
    ways = "text/markdown" + ("/all blocks" if options.blocks else "")
    print(f"{'site':24} {'generator':11} pages headings, code, rows: {ways} and their number; words: precision, recall")
    held = [
        measure(site, options) for site in SITES
        if not options.site or any(site.name.startswith(name) for name in options.site)
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
