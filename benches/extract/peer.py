#!/usr/bin/env python3
"""Runs one extractor written in Python over pages and says what it cost: peer.py TOOL PAGES.jsonl OUT.jsonl.

The counterpart of `peers/`: pages come one by one, only the work on the text of a page is counted, one
process runs one tool, and the cost goes to standard output as one JSON object.
"""

import json
import logging
import resource
import sys
import time

logging.disable(logging.CRITICAL)


def trafilatura():
    import trafilatura

    return lambda html, url: trafilatura.extract(html, url=url) or ""


def resiliparse():
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    return lambda html, url: extract_plain_text(HTMLTree.parse(html), main_content=True)


def readability():
    from lxml import html as lxml_html
    from readability import Document

    return lambda html, url: " ".join(lxml_html.fromstring(Document(html, url=url).summary()).itertext())


TOOLS = {"trafilatura": trafilatura, "resiliparse": resiliparse, "readability-lxml": readability}


def main():
    name, pages, out = sys.argv[1:]
    tool = TOOLS[name]()
    spent, count, size, failed, largest = 0.0, 0, 0, 0, 0
    with open(pages, encoding="utf-8") as lines, open(out, "w", encoding="utf-8") as results:
        for line in lines:
            page = json.loads(line)
            begun = time.process_time()
            try:
                text = tool(page["html"], page.get("url") or None)
            except Exception:  # A page that a peer stumbles over counts as empty, as it would for its user.
                text, failed = "", failed + 1
            spent += time.process_time() - begun
            count, here = count + 1, len(page["html"].encode())
            size, largest = size + here, max(largest, here)
            results.write(json.dumps({"id": page["id"], "text": text}) + "\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cost = {"cpu_s": spent, "pages": count, "html_bytes": size, "failed": failed, "peak_mb": peak, "largest_mb": largest / 2**20}
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
