"""Writes a fitted LightGBM model in the shape that `main_content/model.rs` reads in place."""

import json
import struct
from collections import deque

import numpy as np

MAGIC = b"thresh-trees 1\n"
LEAF = 128


def rounded_down(threshold):
    """Returns the largest 32-bit number that is not above the threshold.

    Values are 32-bit too, so none of them changes sides.
    """
    value = np.float32(threshold)
    return float(np.nextafter(value, np.float32(-np.inf)) if float(value) > threshold else value)


def breadth_first(root):
    """Returns inner nodes and leaves in an order in which children come after their parents."""
    inner, leaves, queue = [], [], deque([root])
    while queue:
        node = queue.popleft()
        if "split_index" not in node:
            node["place"] = LEAF + len(leaves)
            leaves.append(node)
            continue
        node["place"] = len(inner)
        inner.append(node)
        queue.extend([node["left_child"], node["right_child"]])
    return inner, leaves


def cuts_of(trees, count):
    """Returns the sorted thresholds that any tree asks of each feature."""
    cuts = [set() for _ in range(count)]
    for inner, _ in trees:
        for node in inner:
            if node["decision_type"] != "<=":
                asked = node["decision_type"]
                raise ValueError(f"a tree asks {asked}, which the reader does not know")
            cuts[node["split_feature"]].add(rounded_down(node["threshold"]))
    return [sorted(own) for own in cuts]


def write_model(path, head, dump):
    """Writes the model and returns its size in bytes."""
    trees = [breadth_first(t["tree_structure"]) for t in dump["tree_info"]]
    trees = [(inner, leaves) for inner, leaves in trees if inner]
    cuts = cuts_of(trees, len(head["features"]))
    text = json.dumps(head, sort_keys=True).encode()
    out = bytearray(MAGIC + struct.pack("<I", len(text)) + text)
    for own in cuts:
        out += struct.pack(f"<B{len(own)}f", len(own), *own)
    out += struct.pack("<H", len(trees))
    for inner, leaves in trees:
        out += struct.pack("<B", len(inner))
        for node in inner:
            feature = node["split_feature"]
            cut = cuts[feature].index(rounded_down(node["threshold"]))
            children = node["left_child"]["place"], node["right_child"]["place"]
            out += struct.pack("<BBBBf", feature, cut, *children, node["internal_value"])
        values = [leaf["leaf_value"] for leaf in leaves]
        out += struct.pack(f"<B{len(values)}f", len(values), *values)
    path.write_bytes(out)
    return len(out)
