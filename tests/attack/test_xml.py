"""XML that means harm below the root of a return: it is read as what it says or refused in a sentence, soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from data_access.load import LoadError, load
from tests.data_access.files import database, rows_of
from tests.data_access.load.test_xml_return import RETURN

SECONDS = 5
WITHIN = "<EXPSSDA903>"
HARM = {
    "very deep": "<A>" * 50_000 + "</A>" * 50_000,
    "deep and open": "<A>" * 100_000,
    "many attributes": "<A " + " ".join(f'a{number}="1"' for number in range(100_000)) + "/>",
    "the same attribute twice": '<A a="1" a="2"/>',
    "a long name": f"<{'A' * 1_000_000}/>",
    "much text": f"<A>{'x' * 10_000_000}</A>",
    "many empty children": "<CHILD/>" * 20_000,
    "children within children": "<CHILD>" * 1000 + "</CHILD>" * 1000,
    "an inclusion": '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>',
    "a style sheet": '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?>',
    "a document type in the middle": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "an entity that nobody declared": "<A>&secret;</A>",
    "an entity in an attribute": '<A a="&secret;"/>',
    "characters that XML forbids": "<A>&#0;&#x1F;</A>",
    "text that ends text": "<A>]]></A>",
    "a section that never ends": "<A><![CDATA[" + "x" * 1000,
    "a schema elsewhere": '<A xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x http://127.0.0.1:9/x.xsd"/>',
    "prefixes without number": "<A " + " ".join(f'xmlns:p{number}="u"' for number in range(50_000)) + "/>",
}


@pytest.mark.parametrize("harm", HARM)
def test_it_is_read_or_refused_soon(tmp_path: Path, harm: str) -> None:
    file = tmp_path / "return.xml"
    file.write_text(RETURN.replace(WITHIN, WITHIN + HARM[harm], 1), encoding="utf-8")
    began = time.process_time()
    try:
        load([file], database(tmp_path))
        assert "root:" not in repr([rows_of(database(tmp_path), name) for name in ("child", "quarantine")])
    except LoadError as refused:
        assert all(len(sentence) < 1000 and "root:" not in sentence for sentence in refused.sentences)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("encoding", ["x-nothing", "utf-7", "idna", "rot13", "zlib", "UTF-8' standalone='no"])
def test_an_encoding_that_is_declared_does_nothing_but_name_one(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "return.xml"
    file.write_bytes(RETURN.replace("utf-8", encoding).replace("<CHILDID>1<", "<CHILDID>é<").encode("cp1252"))
    try:
        load([file], database(tmp_path))
    except LoadError as refused:
        assert all(len(sentence) < 1000 for sentence in refused.sentences)
