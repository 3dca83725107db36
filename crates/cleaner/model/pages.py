"""Pages of a benchmark in the shape of WCXB. Python 3 standard library only."""

import functools
import gzip
import hashlib
import json
from urllib.parse import urlsplit

from labels import tokens

SECOND_LEVEL = {"co", "com", "org", "net", "gov", "edu", "ac"}
HOSTERS = {"github", "gitlab", "blogspot", "wordpress", "medium", "substack", "netlify", "wixsite"}
FEWEST_WORDS = 20
RUN = 5


def registrable(host):
    """Returns the part of a host that one owner registers, near enough to keep pages apart."""
    parts = host.lower().strip(".").split(".")
    if len(parts) < 3:
        return ".".join(parts)
    national = parts[-2] in SECOND_LEVEL and len(parts[-1]) == 2
    return ".".join(parts[-3:] if national or parts[-2] in HOSTERS else parts[-2:])


def plain(url):
    """Returns an address without scheme, `www.`, fragment and trailing slash."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return host + (parts.path.rstrip("/") + ("?" + parts.query if parts.query else ""))


class Page:
    """A page of the benchmark: its id, address, domain, kind and true text."""

    def __init__(self, name, url, truth, kind="article"):
        self.id, self.url, self.truth, self.kind = name, url, truth, kind
        self.domain = registrable(urlsplit(url).hostname or name)

    @functools.cached_property
    def runs(self):
        """The runs of five words of the true text; none of a text too short to tell."""
        words = tokens(self.truth)
        if len(words) < FEWEST_WORDS:
            return frozenset()
        return frozenset(zip(*(words[k:] for k in range(RUN))))


def read(folder, name):
    """Reads one page with its HTML and the digest of both its files."""
    html = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
    raw = (folder / "ground-truth" / f"{name}.json").read_bytes()
    told = json.loads(raw)
    kind = (told.get("_internal") or {}).get("page_type", {})
    kind = kind.get("primary", "article") if isinstance(kind, dict) else kind
    page = Page(name, told.get("url") or "", told["ground_truth"].get("main_content") or "", kind)
    page.html, page.digest = html, hashlib.sha256(html + b"\0" + raw).digest()
    return page


def load(folder, ids=None):
    """Reads the pages of a folder, or those that a file names, in the order of their names."""
    names = sorted(p.name.removesuffix(".html.gz") for p in (folder / "html").glob("*.html.gz"))
    if ids:
        asked = set(ids.read_text().split())
        if missing := asked.difference(names):
            raise SystemExit(f"{ids} names pages that {folder} lacks: {sorted(missing)[:5]}")
        names = [n for n in names if n in asked]
    return [read(folder, name) for name in names]
