"""Crawls a site with Scrapy, which writes through warcio as archives of Scrapy users do: START OUT."""

import io
import sys

import scrapy
from scrapy.crawler import CrawlerProcess
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawl import links

start, out = sys.argv[1:]
sink = open(out, "wb")
writer = WARCWriter(sink, gzip=True)


def pairs(headers):
    return [(name.decode(), value.decode("latin-1")) for name, values in headers.items() for value in values]


class Archive(scrapy.Spider):
    name = "archive"
    start_urls = [start]

    def parse(self, response):
        target = response.request.url.split("://", 1)[1]
        asked = StatusAndHeaders("GET /" + target.partition("/")[2] + " HTTP/1.1", pairs(response.request.headers), is_http_request=True)
        answered = StatusAndHeaders(f"{response.status} OK", pairs(response.headers), protocol="HTTP/1.1")
        body = response.body
        record = writer.create_warc_record(response.url, "response", payload=io.BytesIO(body), length=len(body), http_headers=answered)
        request = writer.create_warc_record(response.url, "request", payload=io.BytesIO(b""), http_headers=asked)
        writer.write_request_response_pair(request, record)
        for url in links(response.url, body):
            yield scrapy.Request(url, callback=self.parse)


process = CrawlerProcess({
    "LOG_LEVEL": "ERROR",
    "ROBOTSTXT_OBEY": False,
    # The body is kept as it was sent; pages without a coding carry the links.
    "COMPRESSION_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
})
process.crawl(Archive)
process.start()
sink.close()
