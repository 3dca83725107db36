#!/usr/bin/env python3
"""Fails if a figure is below its floor: floors.py SCORES.json NAME=FLOOR ..."""

import json
import sys

scores = json.load(open(sys.argv[1]))
floors = [(name, float(floor)) for name, floor in (asked.split("=") for asked in sys.argv[2:])]
low = [f"{name} is {scores[name]:.4f}, floor {floor}" for name, floor in floors
       if not scores[name] >= floor]
if low:
    sys.exit("NOT MET: " + "; ".join(low))
