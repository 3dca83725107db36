"""Scores kept text against the known text of each post: python3 score.py TRUTH NAME=FILE...

FILE holds lines with `url` (or `urls`) and `text`. The last one is judged: it fails below the floors.
"""

import json
import re
import sys
from collections import Counter

FLOOR_F1 = 0.97
LEAK = re.compile(r"^(nav_menu_item|wp_template|custom_css|post_tag|link_category)$", re.M)
CARD = re.compile(r"^.*\b(Read More|TAGS: Global)$", re.M)


def plain(text):
    text = re.sub(r"[“”„″]", '"', text).replace("’", "'").replace("‘", "'").replace("…", "...")
    return re.sub(r"\s+", " ", text)


def words(text):
    return re.findall(r"\w+", text.lower())


def load(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def score(truth, texts):
    sums, lost, leaks, cards, bare, worst = [0.0, 0.0, 0.0], [], 0, 0, 0, []
    for page in truth:
        text = texts.get(page["url"])
        if text is None:
            bare += 1
            text = ""
        want, got = Counter(words(" ".join([page["title"], *page["lines"]]))), Counter(words(text))
        hits = sum((want & got).values())
        precision, recall = hits / max(1, sum(got.values())), hits / max(1, sum(want.values()))
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        for i, value in enumerate((precision, recall, f1)):
            sums[i] += value / len(truth)
        flat = plain(text)
        lost += [(page["url"], line) for line in page["lines"] if plain(line) not in flat]
        leaks += bool(LEAK.search(text))
        cards += len(CARD.findall(text))
        worst.append((f1, precision, recall, page["url"]))
    return sums, lost, leaks, cards, bare, sorted(worst)


def main():
    truth, faults = load(sys.argv[1]), []
    print(f"{'':<10}{'precision':>10}{'recall':>8}{'F1':>8}{'leaked lists':>14}{'cards left':>12}{'lines lost':>12}{'absent':>8}   of {len(truth)} texts")
    for argument in sys.argv[2:]:
        name, path = argument.split("=", 1)
        texts = {}
        for document in load(path):
            for url in document.get("urls") or [document["url"]]:
                texts[url] = document["text"]
        (precision, recall, f1), lost, leaks, cards, bare, worst = score(truth, texts)
        print(f"{name:<10}{precision:>10.4f}{recall:>8.4f}{f1:>8.4f}{leaks:>14}{cards:>12}{len(lost):>12}{bare:>8}")
        faults = [f"F1 {f1:.4f} is below {FLOOR_F1}"] * (f1 < FLOOR_F1) + [f"{leaks} leaked lists are left"] * bool(leaks)
        faults += [f"lost in {url}: {line[:100]}" for url, line in lost[:8]]
        faults += [f"worst: F1 {w[0]:.3f} P {w[1]:.3f} R {w[2]:.3f} {w[3]}" for w in worst[:3] if w[0] < 0.99]
    for fault in faults:
        print("  " + fault)
    print("judged: " + ("faulty" if f1 < FLOOR_F1 or leaks or lost else "sound"))
    return 1 if f1 < FLOOR_F1 or leaks or lost else 0


sys.exit(main())
