"""Writes corpora.json: what the reference libraries make of 1,000 lines of each corpus in ../shared/data.

Per vocabulary and corpus: `ids`, the lowest 24 bits of the CRC-32 of each line's ids (little-endian 32-bit numbers), as
base64; and `decoded`, the CRC-32 of what all the lines' ids decode to, with a line break after each.

Lines are those of at least 20 bytes, every so many-th of them. Run: python3 make_corpora.py <package root>.
"""

import base64
import json
import struct
import tarfile
import zlib

import make_goldens
from make_goldens import DATA, HERE, VERSIONS

COUNT, SHORTEST = 1000, 20
FILES = {
    "tinystories": ["corpus-tinystories/tinystories-0.9MB.txt", "corpus-tinystories/tinystories-4MB-lowercase.txt"],
    "wikipedia-en": ["corpus-wikipedia-en/AA_wiki_00.txt", "corpus-wikipedia-en/AB_wiki_00.txt"],
}
BOOKS = "corpus-public-domain-books.tar.gz"


def corpora():
    for name, files in FILES.items():
        yield name, b"\n".join(open(f"{DATA}/{file}", "rb").read() for file in files)
    with tarfile.open(f"{DATA}/{BOOKS}") as archive:
        yield "public-domain-books", b"\n".join(archive.extractfile(m).read() for m in archive if m.isfile())


def chosen(text):
    lines = [line for line in text.split(b"\n") if len(line) >= SHORTEST]
    return [lines[number * len(lines) // COUNT].decode() for number in range(COUNT)]


def checksum(ids):
    return struct.pack("<I", zlib.crc32(struct.pack(f"<{len(ids)}i", *ids)))[:3]


def record(lines, encode, decode):
    ids = [encode(line) for line in lines]
    return {"ids": base64.b64encode(b"".join(map(checksum, ids))).decode(),
            "decoded": zlib.crc32("".join(decode(line) + "\n" for line in ids).encode())}


if __name__ == "__main__":
    lines = {name: chosen(text) for name, text in corpora()}
    vocabularies = dict(make_goldens.shared_vocabularies())
    cases = [
        {"vocabulary": vocabulary, "corpus": corpus, **record(lines[corpus], *functions)}
        for vocabulary, functions in vocabularies.items() for corpus in lines
    ]
    with open(f"{HERE}/corpora.json", "w") as file:
        json.dump({"libraries": VERSIONS, "lines": COUNT, "shortest": SHORTEST, "cases": cases}, file, indent=0)
        file.write("\n")
    print(len(cases), "cases of", {name: sum(map(len, texts)) for name, texts in lines.items()}, "characters")
