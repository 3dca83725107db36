"""Where the manuals lie that Debian packages ship, and where each generator puts its own text.

A site is a set of pages of one generator: the package to install, the files, the element that holds
the page's own text, and what lies within that element without being part of it.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Site:
    """Pages of one generator."""

    name: str
    generator: str
    package: str
    glob: str
    main: str
    """XPath of the elements that hold the page's own text; the first that matches is taken."""
    without: tuple[str, ...] = field(default=())
    """XPaths of what is no part of it, relative to the main element."""
    exclude: tuple[str, ...] = field(default=())
    """Parts of file names of pages that are indexes or frames."""


def _has(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


_NAVIGATION = (f".//*[{_has('navheader')}]", f".//*[{_has('navfooter')}]")
_PUBLICAN = (f".//*[{_has('docnav')}]", ".//p[@id='title']")
_INDEXES = ("genindex", "search.html", "py-modindex", "/ix01", "/go01", "_modules", "/_static")


def _sphinx(name: str, package: str, glob: str) -> Site:
    return Site(
        name, "Sphinx", package, glob, f"//div[@role='main'] | //div[{_has('body')}]",
        (f".//a[{_has('headerlink')}]", f".//*[{_has('linenos')}]"),
        (*_INDEXES, "contents.html", "/index.html"),
    )


def _handbook(language: str) -> Site:
    return Site(
        f"debian-handbook {language}", "Publican", "debian-handbook",
        f"/usr/share/doc/debian-handbook/html/{language}/*.html", "//body", _PUBLICAN,
        ("/index.html", "/ix01"),
    )


def _docbook(name: str, package: str, glob: str) -> Site:
    return Site(name, "DocBook XSL", package, glob, "//body", _NAVIGATION, (*_INDEXES, "/index.html"))


def _doxygen(name: str, package: str, glob: str) -> Site:
    lists = ("functions", "globals", "annotated", "classes", "files", "dir_", "hierarchy", "-members", "_source", "/search/")
    without = (f".//a[{_has('anchor')}]", f".//*[{_has('permalink')}]", f".//*[{_has('dynheader')}]", f".//*[{_has('dyncontent')}]", f".//*[{_has('lineno')}]")
    return Site(name, "Doxygen", package, glob, f"//div[{_has('contents')}]", without, lists)


SITES = [
    _sphinx("python3-doc", "python3-doc", "/usr/share/doc/python3.11/html/**/*.html"),
    _sphinx("debian-policy", "debian-policy", "/usr/share/doc/debian-policy/policy.html/*.html"),
    _sphinx("developers-reference", "developers-reference", "/usr/share/developers-reference/*.html"),
    *(
        _handbook(language)
        for language in ("en-US", "de-DE", "fr-FR", "es-ES", "it-IT", "ru-RU", "pl-PL", "pt-BR", "ja-JP", "el-GR", "tr-TR", "hr-HR")
    ),
    *(
        _docbook(f"debian-reference {language}", f"debian-reference-{language}", f"/usr/share/debian-reference/*.{language}.html")
        for language in ("en", "de", "es", "fr", "it", "pt")
    ),
    _docbook("valgrind", "valgrind", "/usr/share/doc/valgrind/html/*.html"),
    _docbook("libxslt", "libxslt1-dev", "/usr/share/doc/libxslt1-dev/gtk-doc/**/*.html"),
    Site("git", "AsciiDoc", "git-doc", "/usr/share/doc/git/html/**/*.html", "//body",
         (".//*[@id='footer']", ".//*[@id='toc']"), ()),
    Site("bash", "Texinfo", "bash-doc", "/usr/share/doc/bash/bashref.html", "//body",
         (f".//*[{_has('header')}]", f".//*[{_has('contents')}]", f".//*[{_has('shortcontents')}]"), ()),
    _doxygen("libflac", "libflac-doc", "/usr/share/doc/libflac-doc/api/*.html"),
    _doxygen("libassimp", "libassimp-doc", "/usr/share/doc/libassimp-doc/apiref/**/*.html"),
    Site("doxygen", "Doxygen", "doxygen-doc", "/usr/share/doc/doxygen/html/*.html", f"//div[{_has('contents')}]",
         (f".//a[{_has('anchor')}]",), ("_source", "/index.html")),
    Site("boost", "BoostBook", "libboost1.74-doc", "/usr/share/doc/libboost1.74-doc/doc/html/circular_buffer/**/*.html", "//body",
         (f".//*[{_has('spirit-nav')}]", "./table[1]", f".//*[{_has('copyright-footer')}]", "./hr"), ("/index.html",)),
    Site("rust-book", "mdBook", "rust-doc", "/usr/share/doc/rust-doc/html/book/*.html", "//main", (), ("/print.html", "/index.html")),
    Site("rust-std", "rustdoc", "rust-doc", "/usr/share/doc/rust-doc/html/std/[a-f]*/struct.*.html", "//section[@id='main-content']",
         (f".//a[{_has('anchor')}]", f".//a[{_has('srclink')}]", ".//*[@id='copy-path']", f".//*[{_has('out-of-band')}]", f".//*[{_has('notable-traits')}]"), ()),
    Site("nodejs", "Node.js", "nodejs-doc", "/usr/share/doc/nodejs/api/*.html", "//*[@id='apicontent']",
         (f".//*[{_has('mark')}]", ".//input", f".//*[{_has('copy-button')}]"), ("/all.html", "/index.html")),
]
