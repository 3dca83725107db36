"""Judges a crawl of the WordPress that fill.php filled: python3 judge.py MODE TRUTH ACCESS_LOG DESK.

Prints what was asked, by kind, and fails where an object is missing, taken twice, or multiplied.
"""

import json
import re
import sys
from collections import Counter
from urllib.parse import parse_qs, urlsplit

# How many requests there may be for each object of the site, everything included.
REQUESTS_PER_OBJECT = 8


def kind_of(uri, pages):
    """Names the kind of an address by what WordPress makes of it."""
    parts = urlsplit(uri)
    query = parse_qs(parts.query, keep_blank_values=True)
    path = parts.path
    part = re.sub(r"\d+/?$", "", path) in pages or re.sub(r"&page=\d+$", "", uri) in pages
    rules = [
        (path in ("/robots.txt", "/.well-known/tdmrep.json"), "robots and reservations"),
        ("sitemap" in path or any(k.startswith("sitemap") for k in query), "sitemap"),
        ("replytocom" in query, "reply form (replytocom)"),
        ("feed" in query or re.search(r"/feed(/|$)", path), "feed"),
        ("/wp-json" in path or "rest_route" in query, "REST interface"),
        (path.startswith(("/wp-login", "/wp-admin", "/xmlrpc")), "machinery"),
        (path.startswith(("/wp-content", "/wp-includes")), "file"),
        ("s" in query or path.startswith("/search/"), "search"),
        (uri in pages, "object: " + str(pages.get(uri))),
        ("cpage" in query or "/comment-page-" in path, "page of comments"),
        (part, "further part of an object"),
        ("p" in query or "page_id" in query or "attachment_id" in query, "twin of an object"),
        ("m" in query or re.match(r"^/\d{4}(/\d\d){0,2}(/page/\d+)?/?$", path), "date archive"),
        ("cat" in query or path.startswith("/category/"), "category archive"),
        ("tag" in query or path.startswith("/tag/"), "tag archive"),
        ("author" in query or path.startswith("/author/"), "author archive"),
        ("paged" in query or re.match(r"^/page/\d+/?$", path), "front page, further"),
        (path == "/" and not parts.query, "front page"),
    ]
    return next((name for hit, name in rules if hit), "other")


def relative(url):
    parts = urlsplit(url)
    return (parts.path or "/") + ("?" + parts.query if parts.query else "")


def load(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def main():
    mode, truth_file, log_file, desk = sys.argv[1:]
    with open(truth_file, encoding="utf-8") as file:
        objects = json.load(file)["objects"]
    pages = {relative(o["url"]): o["kind"] for o in objects}
    with open(log_file, encoding="utf-8") as file:
        asked = [line.rstrip("\n") for line in file]
    captures = load(f"{desk}/captures.jsonl")
    documents = load(f"{desk}/documents.jsonl")
    refused = load(f"{desk}/refused.jsonl")
    faults = []

    requests = Counter(kind_of(uri, pages) for uri in asked)
    distinct = Counter(kind_of(uri, pages) for uri in set(asked))
    whole = Counter(relative(c["final_url"]) for c in captures if c["status"] == 200 and c.get("kind", "page") == "page")
    answers = Counter(c["status"] for c in captures)

    for uri, count in Counter(asked).items():
        if count > 1:
            faults.append(f"asked {count} times: {uri}")
    for uri in pages:
        if whole[uri] != 1:
            faults.append(f"{pages[uri]} captured {whole[uri]} times: {uri}")
    # Where WordPress answers a twin with 200, the object is there twice.
    for name in ("reply form (replytocom)", "machinery"):
        if requests[name] > 2:
            faults.append(f"{requests[name]} requests for: {name}")
    if len(asked) > REQUESTS_PER_OBJECT * len(objects):
        faults.append(f"{len(asked)} requests for {len(objects)} objects")

    # One document for each post and page, under its own address or as a copy of it; its words tell
    # whose it is.
    holders = {}
    for d in documents:
        for url in {d["url"], *(a["url"] for a in d["aliases"] if a["relation"] != "contained")}:
            holders.setdefault(relative(url), []).append(d)
    for o in objects:
        of = holders.get(relative(o["url"]), [])
        if o["kind"] == "attachment":
            continue
        if len(of) != 1:
            faults.append(f"{len(of)} documents for {o['url']}")
        elif o["words"].strip() not in of[0]["text"]:
            faults.append(f"the document of {o['url']} lacks its words `{o['words'].strip()}`")
    carrying = {relative(o["url"]) for o in objects}
    own = sum(1 for d in documents if relative(d["url"]) in carrying)
    others = Counter(kind_of(relative(d["url"]), pages) for d in documents if relative(d["url"]) not in carrying)

    print(f"\n== WordPress with {mode} permalinks: {len(objects)} objects "
          f"({', '.join(f'{n} {k}' for k, n in sorted(Counter(o['kind'] for o in objects).items()))})")
    print(f"{'kind of address':<32}{'requests':>9}{'distinct':>9}")
    for name, count in sorted(requests.items(), key=lambda item: (-item[1], item[0])):
        print(f"{name:<32}{count:>9}{distinct[name]:>9}")
    print(f"{'all':<32}{len(asked):>9}{len(set(asked)):>9}")
    print("answers kept: " + ", ".join(f"{n} x {status}" for status, n in sorted(answers.items(), key=str)))
    print("refused: " + (", ".join(f"{r} {n}" for r, n in sorted(Counter(r["reason"] for r in refused).items())) or "none"))
    told = ", ".join(f"{name} {n}" for name, n in sorted(others.items())) or "none"
    print(f"documents: {len(documents)}; {own} under the address of an object; others: {told}")
    for fault in faults[:40]:
        print(f"FAULT {fault}")
    if len(faults) > 40:
        print(f"FAULT … and {len(faults) - 40} more")
    print("judged: " + ("faulty" if faults else "sound"))
    return 1 if faults else 0


sys.exit(main())
