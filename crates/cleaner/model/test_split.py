"""Tries the split by itself: `python3 -m unittest discover -s crates/cleaner/model`."""

import random
import unittest

import split
from pages import Page, plain, registrable

TEXT = " ".join(f"word{i}" for i in range(60))
OTHER = " ".join(f"other{i}" for i in range(60))


class Names(unittest.TestCase):
    """Domains and addresses."""

    def test_registrable(self):
        self.assertEqual(registrable("www.Example.org."), "example.org")
        self.assertEqual(registrable("news.example.co.uk"), "example.co.uk")
        self.assertEqual(registrable("ann.wordpress.com"), "ann.wordpress.com")
        self.assertEqual(registrable("co.uk"), "co.uk")
        self.assertEqual(registrable("0551"), "0551")

    def test_plain_address(self):
        self.assertEqual(plain("https://www.example.org/a/#b"), plain("http://example.org/a"))
        self.assertNotEqual(plain("https://example.org/a?p=1"), plain("https://example.org/a?p=2"))


class Shared(unittest.TestCase):
    """Everything that two pages can share is found, and nothing else."""

    page = Page("1", "https://a.example.org/one", TEXT)

    def whats(self, other):
        """Returns what the page shares with another."""
        return [what for _, _, what in split.shared([other], [self.page])]

    def test_nothing(self):
        self.assertEqual(self.whats(Page("2", "https://example.net/one", OTHER)), [])

    def test_id(self):
        self.assertEqual(self.whats(Page("1", "https://example.net/one", OTHER)), ["id"])

    def test_domain(self):
        self.assertEqual(self.whats(Page("2", "http://b.example.org/two", OTHER)), ["domain"])

    def test_address(self):
        found = self.whats(Page("2", "http://www.a.example.org/one/", OTHER))
        self.assertEqual(found, ["address", "domain"])

    def test_near_duplicate(self):
        found = self.whats(Page("2", "https://example.net/", TEXT + " and some words more"))
        self.assertEqual(found, ["true text"])

    def test_a_short_truth_tells_nothing(self):
        short = Page("1", "https://example.org/", "page not found")
        other = Page("2", "https://example.net/", "page not found")
        self.assertEqual(split.shared([other], [short]), [])

    def test_pages_without_address_are_not_kin(self):
        self.assertEqual(split.shared([Page("3", "", OTHER)], [Page("4", "", TEXT)]), [])

    def test_apart_and_its_guard(self):
        kin, stranger = Page("2", "https://example.org/", OTHER), Page("3", "", OTHER)
        self.assertEqual(split.apart([kin, stranger], [self.page]), [stranger])
        split.require_apart([stranger], [self.page])
        with self.assertRaisesRegex(ValueError, "2 and 1 share their domain"):
            split.require_apart([kin, stranger], [self.page])


class Folds(unittest.TestCase):
    """Cross-validation."""

    pages = [
        Page(str(i), f"https://h{i}.site{i % 17}.org/{i}", f"page{i} {OTHER if i < 2 else i}")
        for i in range(100)
    ]

    def test_a_domain_has_one_fold_and_every_page_is_judged_once(self):
        fold_of = split.folds(self.pages, 5, random.Random(1).shuffle)
        seen = []
        for fold in range(5):
            training, judged = split.fold_parts(self.pages, fold_of, fold)
            domains = {self.pages[i].domain for i in judged}
            self.assertFalse(domains & {self.pages[i].domain for i in training})
            seen += judged
        self.assertEqual(sorted(seen), list(range(100)))

    def test_a_repeated_text_is_not_learned_from(self):
        fold_of = [0] + [1] * 99
        pages = [self.pages[0]] + [p for p in self.pages[1:] if p.domain != "site0.org"]
        training, judged = split.fold_parts(pages, fold_of[: len(pages)], 0)
        self.assertEqual(judged, [0])
        self.assertNotIn(1, training)
        self.assertIn(2, training)

    def test_folds_that_part_a_domain_are_refused(self):
        fold_of = [i % 5 for i in range(100)]
        with self.assertRaisesRegex(ValueError, "domain"):
            split.fold_parts(self.pages, fold_of, 0)


if __name__ == "__main__":
    unittest.main()
