#!/usr/bin/env python3
"""Keeps the pages that a model is fitted on apart from those it is judged on.

  split.py DATA --ids IDS --apart-from IDS

prints the ids of the pages of the first list that share no id, address, registrable domain or
near-duplicate true text with a page of the second; `train.py` fits on exactly these. Python 3
standard library only.
"""

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

from pages import load, plain

ALIKE = 0.5


def like_truths(page, index):
    """Returns an indexed page whose true text is nearly the same (Jaccard over runs of words)."""
    common = Counter()
    for run in page.runs:
        common.update(index.get(run, ()))
    for other, count in common.items():
        if count >= ALIKE * (len(page.runs) + len(other.runs) - count):
            return other
    return None


def shared(training, judged):
    """Returns what training pages share with judged ones: (training page, judged page, what)."""
    keys, index = {}, defaultdict(list)
    for page in judged:
        keys.setdefault(("id", page.id), page)
        keys.setdefault(("domain", page.domain), page)
        if page.url:
            keys.setdefault(("address", plain(page.url)), page)
        for run in page.runs:
            index[run].append(page)
    found = []
    for page in training:
        own = ("id", page.id), ("address", plain(page.url)), ("domain", page.domain)
        found += [(page, keys[key], key[0]) for key in own if key in keys]
        if other := like_truths(page, index):
            found.append((page, other, "true text"))
    return found


def apart(pages, judged):
    """Returns the pages that share nothing with the judged ones."""
    left_out = {page.id for page, _, _ in shared(pages, judged)}
    return [page for page in pages if page.id not in left_out]


def require_apart(training, judged):
    """Raises ValueError if a page is judged by a model that knows it or one of its kin."""
    if found := shared(training, judged):
        told = "; ".join(f"{a.id} and {b.id} share their {what}" for a, b, what in found[:5])
        raise ValueError(f"training and evaluation are not apart ({len(found)} cases): {told}")


def folds(pages, count, shuffle):
    """Returns the fold of each page: pages of one registrable domain share theirs."""
    domains = sorted({page.domain for page in pages})
    shuffle(domains)
    fold = {domain: i % count for i, domain in enumerate(domains)}
    return [fold[page.domain] for page in pages]


def fold_parts(pages, fold_of, fold):
    """Returns the numbers of the pages to fit on and of those to judge in a fold, kept apart.

    Pages of the other folds whose true text a judged page repeats are left out of the fit.
    """
    judged = [i for i, own in enumerate(fold_of) if own == fold]
    judged_pages = [pages[i] for i in judged]
    rest = [i for i, own in enumerate(fold_of) if own != fold]
    found = shared([pages[i] for i in rest], judged_pages)
    repeats = {page.id for page, _, what in found if what == "true text"}
    training = [i for i in rest if pages[i].id not in repeats]
    require_apart([pages[i] for i in training], judged_pages)
    return training, judged


def main():
    """Prints the ids that are left, and says on standard error what the others share."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--ids", type=Path, required=True)
    parser.add_argument("--apart-from", type=Path, required=True)
    asked = parser.parse_args()
    pages, judged = load(asked.data, asked.ids), load(asked.data, asked.apart_from)
    for page, other, what in shared(pages, judged):
        print(f"{page.id} shares its {what} with {other.id} ({other.domain})", file=sys.stderr)
    print("\n".join(page.id for page in apart(pages, judged)))


if __name__ == "__main__":
    main()
