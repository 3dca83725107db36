#!/usr/bin/env python3
"""Fails if a figure is beyond its bound: floors.py SCORES.json 'NAME>=FLOOR' 'NAME.PART<=CEILING' ..."""

import json
import re
import sys
from functools import reduce

scores = json.load(open(sys.argv[1]))
missed = []
for asked in sys.argv[2:]:
    name, sign, bound = re.fullmatch(r"([\w.]+)([<>]=)([\d.]+)", asked).groups()
    found = reduce(lambda part, key: part[key], name.split("."), scores)
    if not (found >= float(bound) if sign == ">=" else found <= float(bound)):
        missed.append(f"{name} is {found:.4f}, asked {sign} {bound}")
if missed:
    sys.exit("NOT MET: " + "; ".join(missed))
