"""Contacts from CSV files and into one, over HTTP, with a real server."""

import csv
import io
from typing import Any

from onethread.api.cursors import spell
from onethread.contacts.csv.formulas import TRIGGERS
from tests.integration.acme import MakeAcme
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import Backend, backend_of
from tests.integration.backend import backend_fixture as backend_fixture
from tests.integration.http import request
from tests.integration.importing import CSV, counts, exported, imported, report, send

KEYS = ["dry_run", "state", "progress", "rows", "imported", "updated", "unchanged", "skipped", "errors"]


async def test_a_success_shows(backend: Backend) -> None:
    """What the report says was imported is in Contacts, found by any of its fields; complaint: imports that
    report success and show nothing."""
    found = await imported(
        backend, "user_id;E-Mail;Full Name;Tel;plan\n1;ann@shop.example;Ann Lee;+49 151;pro\n"
    )
    assert list(found) == KEYS
    assert found == {
        "dry_run": False, "state": "done", "progress": 1,
        "rows": 1, "imported": 1, "updated": 0, "unchanged": 0, "skipped": 0, "errors": [],
    }  # fmt: skip
    for query in ({"query": "ann"}, {"query": "+4915"}, {"user_id": "1"}, {"custom.plan": "pro"}):
        [contact] = (await backend.get("/v1/contacts", **query))["items"]
        assert (contact["name"], contact["phone"], contact["authenticated"]) == ("Ann Lee", "+49 151", True)


async def test_bad_rows_are_told_and_good_ones_go_in(backend: Backend) -> None:
    """Each bad row is reported with number, column and reason, here and as CSV; no row goes in by half."""
    rows = [
        "1,Ann,ann@shop.example",
        "2,Ben",
        f"3,{'x' * 10_000_000},c@shop.example",
        "4,<script>alert(1)</script>,d@shop.example",
        "5,E\0ve,e@shop.example",
        "6,\u200fשלום,f@shop.example",
        '7,"Gus,g@shop.example',
    ]
    found = await imported(backend, "user_id,name,E-Mail\n" + "\n".join(rows))
    assert (found["state"], found["rows"], counts(found)) == ("done", 7, [3, 0, 0, 4])
    assert [(error["row"], error.get("column")) for error in found["errors"]] == [
        (2, None), (3, "name"), (5, "name"), (7, "name"),
    ]  # fmt: skip
    assert all(error["reason"] for error in found["errors"])
    contacts = (await backend.get("/v1/contacts"))["items"]
    names = {contact["user_id"]: contact["name"] for contact in contacts}
    assert names == {"1": "Ann", "4": "<script>alert(1)</script>", "6": "\u200fשלום"}


async def test_errors_as_csv(backend: Backend) -> None:
    """All skipped rows can be downloaded, more than the report shows."""
    import_id = await send(backend, "user_id,name\n" + "1\n" * 1_200)
    found = await report(backend, import_id)
    assert (found["skipped"], len(found["errors"])) == (1_200, 1_000)
    answer = await backend.call("GET", f"/v1/imports/{import_id}/errors.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))
    assert [row["row"] for row in rows] == [str(number) for number in range(1, 1_201)]
    assert {row["reason"] for row in rows} == {"the row has 1 column, the header has 2"}


async def test_a_repeat(backend: Backend) -> None:
    """With a user_id or an import_key a repeat changes nothing; without, the report says what it would do."""
    file = "user_id,import_key,name\n1,,Ann\n,k,Ben\n"
    assert counts(await imported(backend, file)) == [2, 0, 0, 0]
    assert counts(await imported(backend, file)) == [0, 0, 2, 0]
    found = await imported(backend, "name,email\nCem,c@shop.example\n")
    assert list(found) == [*KEYS, "warnings"]
    assert "1 row has neither a user_id nor an import_key" in found["warnings"][0]


async def test_a_dry_run(backend: Backend) -> None:
    """It reports, and writes nothing."""
    found = await imported(backend, "user_id,name\n1,Ann\n2\n", dry_run="true")
    assert (found["dry_run"], found["state"], counts(found)) == (True, "done", [1, 0, 0, 1])
    assert (await backend.get("/v1/contacts"))["items"] == []


async def test_a_preview(backend: Backend) -> None:
    """It tells what the columns set and the first rows, by the beginning of a file, and keeps nothing."""
    file = 'E-Mail;plan;custom.seats:number;custom_data;;"two\nlines"\na@shop.example;pro;7;;;\nb@shop'
    path = "/v1/contacts/import/preview"
    answer = await backend.call("POST", path, file.encode("utf-16"), CSV, part="true")
    assert (answer.status, answer.json) == (
        200,
        {
            "delimiter": ";",
            "columns": [
                {"name": "E-Mail", "field": "email"},
                {"name": "plan", "key": "plan", "kind": "text"},
                {"name": "custom.seats:number", "key": "seats", "kind": "number"},
                {"name": "custom_data", "field": "custom_data"},
                {"name": ""},
                {"name": "two\nlines", "key": "two\nlines", "kind": "text"},
            ],
            "rows": [{"row": 1, "cells": ["a@shop.example", "pro", "7", "", "", ""]}],
        },
    )
    assert await backend.get("/v1/imports") == {"items": []}
    answer = await backend.call("POST", path, b"color,size\n", CSV)
    assert (answer.status, answer.json["reason"]) == (400, "bad_file")
    answer = await backend.call("POST", path, b"name\n" + b"x" * 300_000, CSV)
    assert (answer.status, answer.json["reason"]) == (413, "too_large")
    answer = await backend.call("POST", path, b"{}")
    assert (answer.status, answer.json["reason"]) == (415, "unsupported_media_type")


async def test_refused_at_once(backend: Backend) -> None:
    """A file that can't be imported at all is refused with the columns at fault, and what is no CSV too."""
    for file, named in (
        ("email,name,E-mail\n", ['Columns 1 "email" and 3 "E-mail"', "both email"]),
        ("color,size\n", ['"color", "size"']),
        ("", ["empty"]),
    ):
        answer = await backend.call("POST", "/v1/contacts/import", file.encode(), CSV)
        assert (answer.status, answer.json["reason"]) == (400, "bad_file")
        assert [words for words in named if words not in answer.json["detail"]] == []
    answer = await backend.call("POST", "/v1/contacts/import", b"{}")
    assert (answer.status, answer.json["reason"]) == (415, "unsupported_media_type")
    answer = await backend.call("POST", "/v1/contacts/import", b"name\n", CSV, dry_run="yes")
    assert (answer.status, answer.json["field"]) == (400, "dry_run")


async def test_the_list(backend: Backend) -> None:
    """Imports are listed with what they did, the last accepted first, on pages that end."""
    assert await backend.get("/v1/imports") == {"items": []}
    ids = [await send(backend, "user_id,name\n1,Ann\n2\n", dry_run=dry) for dry in ("true", "false", "false")]
    for import_id in ids:
        await report(backend, import_id)
    found = await backend.pages("/v1/imports", limit=2)
    assert [one["id"] for one in found] == ids[::-1]
    accepted = [one.pop("accepted_at") for one in found]
    assert sorted(set(accepted), reverse=True) == accepted
    kept = {"state": "done", "rows": 2, "updated": 0, "skipped": 1}
    assert found == [
        {"id": ids[2], "dry_run": False, **kept, "imported": 0, "unchanged": 1},
        {"id": ids[1], "dry_run": False, **kept, "imported": 1, "unchanged": 0},
        {"id": ids[0], "dry_run": True, **kept, "imported": 1, "unchanged": 0},
    ]
    for wrong in ("x", spell(0), spell("1")):
        answer = await backend.call("GET", "/v1/imports", cursor=wrong)
        assert (answer.status, answer.json["field"]) == (400, "cursor")


async def test_who_may(acme: MakeAcme) -> None:
    """Importing needs the scope `write`, reading `read`; nobody sees another organization's imports."""
    backend, other = await backend_of(await acme()), await backend_of(await acme())
    import_id = await send(backend, "name\nAnn\n")
    assert await other.get("/v1/imports") == {"items": []}
    for path in (f"/v1/imports/{import_id}", f"/v1/imports/{import_id}/errors.csv", "/v1/imports/im_nobodys"):
        answer = await other.call("GET", path)
        assert (answer.status, answer.json["reason"]) == (404, "unknown_import")
    reader = await backend_of(await acme(), "read")
    answer = await reader.call("POST", "/v1/contacts/import", b"name\n", CSV)
    assert (answer.status, answer.json["reason"]) == (403, "not_admitted")
    nobody = await request(backend.server, "GET", "/v1/contacts/export")
    assert nobody.status == 401


async def test_encodings(backend: Backend) -> None:
    """Excel's UTF-16 with semicolons and tabs, and UTF-8 with a mark, read as plain UTF-8 does."""
    for number, (encoding, delimiter) in enumerate(
        [("utf-16", "\t"), ("utf-16-le", ";"), ("utf-8-sig", ",")]
    ):
        file = f"sep={delimiter}\r\nuser_id{delimiter}name\r\n{number}{delimiter}Zoë\r\n"
        assert counts(await imported(backend, file.encode(encoding))) == [1, 0, 0, 0]
    contacts = (await backend.get("/v1/contacts"))["items"]
    assert [(contact["user_id"], contact["name"]) for contact in contacts] == [
        ("2", "Zoë"),
        ("1", "Zoë"),
        ("0", "Zoë"),
    ]


async def test_export(backend: Backend) -> None:
    """What is exported imports again unchanged, and nothing of it runs in a spreadsheet."""
    await backend.add(
        user_id="1", name="=1+1", phone="+49 1", custom_data={"seats": 5, "vip": True, "note": "@x"}
    )
    await backend.add(
        name='Quote "Q", Ben\nof two lines', email="-b@shop.example", custom_data={"seats": "few"}
    )
    await backend.add(email="nameless@shop.example")
    file = await exported(backend)
    rows = list(csv.reader(io.StringIO(file.decode(), newline="")))
    assert rows[0][:6] == ["user_id", "import_key", "name", "email", "phone", "company"]
    assert [cell for row in rows for cell in row if cell.startswith(tuple(TRIGGERS))] == []
    before = (await backend.get("/v1/contacts"))["items"]
    assert counts(await imported(backend, file)) == [0, 0, 3, 0]
    assert counts(await imported(backend, await exported(backend, excel="true"))) == [0, 0, 3, 0]
    assert (await backend.get("/v1/contacts"))["items"] == before


async def test_export_to_elsewhere(acme: MakeAcme) -> None:
    """Into another organization an export brings the same people."""
    one, two = await backend_of(await acme()), await backend_of(await acme(shards=3))
    for n in range(450):
        await one.add(user_id=str(n), name=f"Person {n}", custom_data={"n": n})
    assert counts(await imported(two, await exported(one))) == [450, 0, 0, 0]
    mine, theirs = [await each.pages("/v1/contacts", limit=200) for each in (one, two)]
    fields = ("user_id", "name", "custom_data")

    def people(contacts: list[Any]) -> list[list[Any]]:
        return sorted([[contact[field] for field in fields] for contact in contacts])

    assert people(theirs) == people(mine)


async def test_an_agent_sees_it_live(acme: MakeAcme) -> None:
    """A row that changes a contact is seen by that contact's devices at once."""
    office = await acme()
    backend = await backend_of(office)
    customer = await office.come(user={"user_id": "1", "name": "Ann"})
    await imported(backend, "user_id,name\n1,Ann Lee\n")
    frame = await customer.next("profile")
    assert frame["contact"]["name"] == "Ann Lee"


async def test_a_pin_from_an_import(acme: MakeAcme) -> None:
    """With `pinning: backend` an import pins; who then brings another hash, or none, is refused."""
    office = await acme(pinning="backend")
    backend = await backend_of(office)
    before = await office.come(user={"user_id": "1"})
    await imported(backend, "user_id,security_hash\n1,s3cret\n")
    assert await before.closed() == 4403
    right = await office.come(user={"user_id": "1", "security_hash": "s3cret"})
    assert right.ready["identity"] == "pinned"
    wrong = await office.come(user={"user_id": "1", "security_hash": "other"})
    assert wrong.ready["refused"] is True
