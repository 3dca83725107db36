"""A Scrapy crawl that writes every exchange as gzip WARC through warcio, for comparison.

    scrapy_spider.py WARC SEED [SEED ...]

Robots are obeyed, 16 requests run at once, the frontier is in memory (Scrapy's default). Requests and
responses are recorded as they went over the wire, before the content coding is undone.
"""

import io
import sys

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


class Archive:
    """Records the bodies as they came: it stands nearer to the network than the decompression."""

    def __init__(self, path):
        self.writer = WARCWriter(open(path, "wb"), gzip=True)

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler.settings["WARC_PATH"])

    def process_response(self, request, response):
        headers = [(k.decode(), v.decode("latin-1")) for k, vs in response.headers.items() for v in vs]
        http = StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1")
        answer = self.writer.create_warc_record(
            response.url, "response", payload=io.BytesIO(response.body), http_headers=http
        )
        asked = [(k.decode(), v.decode("latin-1")) for k, vs in request.headers.items() for v in vs]
        path = request.url.split("/", 3)[3]
        http = StatusAndHeaders(f"GET /{path} HTTP/1.1", asked, is_http_request=True)
        question = self.writer.create_warc_record(request.url, "request", payload=io.BytesIO(b""), http_headers=http)
        self.writer.write_request_response_pair(question, answer)
        return response


class Spider(scrapy.Spider):
    name = "bench"
    handle_httpstatus_list = [404]

    def __init__(self, seeds, **kwargs):
        super().__init__(**kwargs)
        self.start_urls = seeds
        self.extractor = LinkExtractor()

    def parse(self, response):
        if response.status == 200 and isinstance(response, scrapy.http.HtmlResponse):
            for link in self.extractor.extract_links(response):
                yield scrapy.Request(link.url)


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "DOWNLOAD_DELAY": 0,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "COOKIES_ENABLED": True,
            "WARC_PATH": sys.argv[1],
            "DOWNLOADER_MIDDLEWARES": {Archive: 595},
        }
    )
    process.crawl(Spider, seeds=sys.argv[2:])
    process.start()
