"""Crawls a site and lets FastWARC write its records: START OUT."""

import sys
import urllib.request

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType

from crawl import walk

start, out = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
sink = open(out, "wb")
writer = GzipWriter(sink)


def get(url):
    with opener.open(url) as answer:
        body = answer.read()
        head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders()
                        if name.lower() != "transfer-encoding")
        url = answer.url
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.headers["WARC-Target-URI"] = url
    record.headers["Content-Type"] = "application/http; msgtype=response"
    record.set_bytes_content(head.encode() + b"\r\n" + body)
    record.is_http = True
    record.write(writer, checksum_data=True)
    return body


walk(start, get)
writer.close()
sink.close()
