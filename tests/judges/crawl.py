"""The smallest crawl there is, for scripts that let others write WARC files."""

import re
from urllib.parse import urljoin


def links(base, body):
    """Yields the addresses of the same origin that a page links to."""
    origin = re.match(r"https?://[^/]+/", base).group()
    for target in re.findall(rb'href="([^"]+)"', body):
        url = urljoin(base, target.decode())
        if url.startswith(origin):
            yield url


def walk(start, get):
    """Asks `get(url)` for the decoded body of each page that can be reached."""
    seen, waiting = {start}, [start]
    while waiting:
        url = waiting.pop(0)
        for found in links(url, get(url)):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
