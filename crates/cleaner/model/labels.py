"""What share of each block is the page's own text, by its true text.

Python 3 standard library only.
"""

import re
from collections import Counter

WORD = re.compile(r"\w+")


def tokens(text):
    """Returns the words of a text in lower case, as the benchmark's own scorer counts them."""
    return WORD.findall(text.lower())


def matches(words, truth):
    """Returns the pairs (i, j) of a longest common subsequence of two lists of words.

    Bit-parallel (Hyyrö 2004): one long integer a row, so that a page of thousands of words takes
    milliseconds.
    """
    if not words or not truth:
        return []
    places = {}
    for j, word in enumerate(truth):
        places[word] = places.get(word, 0) | (1 << j)
    full = (1 << len(truth)) - 1
    row, rows = full, []
    for word in words:
        hit = row & places.get(word, 0)
        row = ((row + hit) | (row - hit)) & full
        rows.append(row.to_bytes((len(truth) + 7) // 8, "little"))
    return trace(rows, len(words), len(truth))


def trace(rows, i, j):
    """Walks back through the rows of the longest common subsequence."""

    def bit(row, column):
        """Returns whether the row leaves the column alone."""
        return rows[row][column >> 3] >> (column & 7) & 1

    pairs = []
    while i and j:
        if bit(i - 1, j - 1):
            j -= 1
            continue
        i -= 1
        if i and not bit(i - 1, j - 1):
            continue
        j -= 1
        pairs.append((i, j))
    return pairs


class Truth:
    """The true text of a page, asked how much of a block stands in it."""

    def __init__(self, words):
        """Keeps the runs of one, two and three words."""
        self.words = words
        self.grams = {n: set(zip(*(words[k:] for k in range(n)))) for n in (1, 2, 3)}

    def share(self, block):
        """Returns the share of a block's runs of three words (or all it has) that are true."""
        n = min(len(block), 3)
        if n == 0:
            return 0.0
        grams = list(zip(*(block[k:] for k in range(n))))
        return sum(g in self.grams[n] for g in grams) / len(grams)


def label(texts, true_text):
    """Returns per block, 0 to 1, the share of its words that the page's true text accounts for.

    Blocks of which at least .3 stands in the truth are aligned with it, so that a text that stands
    twice on the page counts once; what was moved is reclaimed afterwards, longest first, from truth
    that nothing has used.
    """
    blocks, truth = [tokens(t) for t in texts], Truth(tokens(true_text))
    likeness = [truth.share(b) for b in blocks]
    asked = [i for i, like in enumerate(likeness) if like >= 0.3]
    words = [w for i in asked for w in blocks[i]]
    owner = [i for i in asked for _ in blocks[i]]
    hits, used = Counter(), {}
    for i, j in matches(words, truth.words):
        hits[owner[i]] += 1
        used.setdefault(owner[i], []).append(j)
    shares = [hits[i] / len(b) if b else 0.0 for i, b in enumerate(blocks)]
    taken = {j for i, js in used.items() if shares[i] >= 0.5 for j in js}
    left = Counter(w for j, w in enumerate(truth.words) if j not in taken)
    reclaim(blocks, likeness, shares, left)
    return shares


def reclaim(blocks, likeness, shares, left):
    """Gives blocks that stand elsewhere in the truth their share of what is left of it."""
    moved = [i for i, like in enumerate(likeness) if like >= 0.7 and shares[i] < 0.5]
    for i in sorted(moved, key=lambda i: (-len(blocks[i]), i)):
        count = Counter(blocks[i])
        if sum((count & left).values()) >= 0.8 * len(blocks[i]):
            shares[i] = likeness[i]
            left -= count
