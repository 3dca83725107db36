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


_NAVIGATION = (f".//*[{_has('navheader')}]", f".//*[{_has('navfooter')}]", f".//table[{_has('nav')}]")
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
    without = (f".//a[{_has('anchor')}]", f".//*[{_has('permalink')}]", f".//*[{_has('dynheader')}]", f".//*[{_has('dyncontent')}]", f".//*[{_has('lineno')}]", f".//*[{_has('toc')}]")
    return Site(name, "Doxygen", package, glob, f"//div[{_has('contents')}]", without, lists)


def _gtk_doc(name: str, glob: str) -> Site:
    without = (f".//table[{_has('navigation')}]", f".//div[{_has('footer')}]")
    return Site(name, "GTK-Doc", name, glob, "//body", without, ("index", "/ix", "hierarchy", "annotation"))


def _texinfo(name: str, glob: str) -> Site:
    without = (
        f".//*[{_has('header')}]", f".//*[{_has('nav-panel')}]", f".//*[{_has('contents')}]",
        f".//*[{_has('shortcontents')}]", f".//table[{_has('menu')}]", f".//ul[{_has('section-toc')}]",
        f".//a[{_has('copiable-anchor')}]", f".//a[{_has('copiable-link')}]",
        *(f".//table[contains(@class, 'index-{kind}')]" for kind in ("cp", "fn", "vr", "ky", "pg", "tp", "rw")),
    )
    return Site(name, "Texinfo", name, glob, "//body", without, ("/index.html", "Index", "toc"))


def _javadoc(name: str, glob: str) -> Site:
    main = f"//main | //div[{_has('contentContainer')}]"
    return Site(name, "javadoc", name, glob, main, (f".//div[{_has('subTitle')}]",), ("class-use", "package-tree", "package-use", "package-frame"))


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
         (f".//a[{_has('anchor')}]", f".//*[{_has('toc')}]"), ("_source", "/index.html")),
    Site("boost", "BoostBook", "libboost1.74-doc", "/usr/share/doc/libboost1.74-doc/doc/html/circular_buffer/**/*.html", "//body",
         (f".//*[{_has('spirit-nav')}]", "./table[1]", f".//*[{_has('copyright-footer')}]", "./hr"), ("/index.html",)),
    Site("rust-book", "mdBook", "rust-doc", "/usr/share/doc/rust-doc/html/book/*.html", "//main", (), ("/print.html", "/index.html")),
    Site("rust-std", "rustdoc", "rust-doc", "/usr/share/doc/rust-doc/html/std/[a-f]*/struct.*.html", "//section[@id='main-content']",
         (f".//a[{_has('anchor')}]", f".//a[{_has('srclink')}]", ".//*[@id='copy-path']", f".//*[{_has('out-of-band')}]", f".//*[{_has('notable-traits')}]"), ()),
    Site("nodejs", "Node.js", "nodejs-doc", "/usr/share/doc/nodejs/api/*.html", "//*[@id='apicontent']",
         (f".//*[{_has('mark')}]", ".//input", f".//*[{_has('copy-button')}]"), ("/all.html", "/index.html")),
    # Generators that the rest was tried on after it was built.
    *(_docbook(name, name, glob) for name, glob in (
        ("debian-faq", "/usr/share/doc/debian/FAQ/*.html"),
        ("maint-guide", "/usr/share/doc/maint-guide/html/*.en.html"),
        ("debmake-doc", "/usr/share/doc/debmake-doc/html/*.en.html"),
        ("apt-doc", "/usr/share/doc/apt-doc/guide.html/*.html"),
        ("aptitude-doc-en", "/usr/share/doc/aptitude/html/en/*.html"),
        ("postgresql-doc-15", "/usr/share/doc/postgresql-doc-15/html/*.html"),
        ("clisp-doc", "/usr/share/doc/clisp/doc/*.html"),
    )),
    Site("harden-doc", "Publican", "harden-doc", "/usr/share/doc/harden-doc/html/en-US/*.html", "//body", _PUBLICAN, ("/index.html", "/ix01")),
    _gtk_doc("libglib2.0-doc", "/usr/share/gtk-doc/html/glib/*.html"),
    _gtk_doc("gnutls-doc", "/usr/share/doc/gnutls-doc/api-reference/*.html"),
    Site("libgtk-4-doc", "gi-docgen", "libgtk-4-doc", "/usr/share/doc/libgtk-4-doc/g[st]k4/[a-g]*.html", "//section[@id='main']",
         (f".//a[{_has('anchor')}]", f".//*[{_has('srclink')}]"), ("/index.html",)),
    _texinfo("octave-doc", "/usr/share/doc/octave/octave.html/*.html"),
    _texinfo("zsh-doc", "/usr/share/doc/zsh-common/html/*.html"),
    _texinfo("r-doc-html", "/usr/share/R/doc/manual/*.html"),
    _texinfo("sbcl-doc", "/usr/share/doc/sbcl/sbcl-internals/*.html"),
    _texinfo("nettle-dev", "/usr/share/doc/nettle-dev/*.html"),
    _javadoc("libcommons-io-java-doc", "/usr/share/doc/libcommons-io-java/api/org/**/*.html"),
    _javadoc("junit4-doc", "/usr/share/doc/junit4/api/org/**/*.html"),
    Site("asciidoctor-doc", "RDoc", "asciidoctor-doc", "/usr/share/doc/asciidoctor-doc/html/Asciidoctor/**/*.html", "//main",
         (".//h1/span", f".//*[{_has('method-click-advice')}]"), ()),
    Site("twisted-doc", "pydoctor", "twisted-doc", "/usr/share/doc/twisted-doc/html/api/twisted.*.html", "//div[@id='main']",
         (".//div[@id='current-docs-container']", ".//div[@id='search-results-container']", f".//a[{_has('headerLink')}]", ".//footer", f".//*[{_has('sourceLink')}]"), ()),
    Site("mkdocs-doc", "MkDocs", "mkdocs-doc", "/usr/share/doc/mkdocs/html/*/*.html", "//*[@role='main']",
         (f".//a[{_has('headerlink')}]",), ()),
    Site("swi-prolog-doc", "LaTeX2HTML", "swi-prolog-doc", "/usr/share/swi-prolog/doc/Manual/*.html", "//body",
         (f".//div[{_has('navigate')}]",), ("/index.html", "DocIndex")),
    Site("exim4-doc-html", "DocBook, own", "exim4-doc-html", "/usr/share/doc/exim4-doc-html/spec_html/*.html", "//div[@id='content']",
         (f".//*[{_has('navigation')}]",), ("/index.html", "index_")),
    Site("apache2-doc", "Apache, own", "apache2-doc", "/usr/share/doc/apache2-doc/manual/en/**/*.html", "//div[@id='page-content']",
         (f".//*[{_has('toplang')}]", f".//*[{_has('bottomlang')}]", ".//*[@id='comments_section']", f".//*[{_has('top')}]", ".//div[@id='quickview']"), ("/index.html", "sitemap", "/directives", "quickreference")),
    Site("golang-doc", "godoc", "golang-1.19-doc", "/usr/share/doc/golang-1.19-doc/html/*.html", "//body", (), ()),
    Site("man2html", "man2html", "man2html-base, then tests/manuals/make", "target/manuals/made/man2html/*.html", "//body",
         ("./a[@href='#index']", "./a[@name='index']", "./h2[contains(., 'Index')][last()]", "./dl[last()]"), ()),
    Site("pod2html", "pod2html", "perl, then tests/manuals/make", "target/manuals/made/pod2html/*.html", "//body",
         (".//ul[@id='index']",), ()),
]
