"""Crawls a site with requests while warcio writes what passes: START OUT."""

import sys

from warcio.capture_http import capture_http

import requests  # after capture_http, as it asks

from crawl import walk

start, out = sys.argv[1:]
with capture_http(out):
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Accept-Encoding"] = "gzip"
        walk(start, lambda url: session.get(url).content)
