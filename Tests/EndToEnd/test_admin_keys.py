"""Callers' keys that operators make, rotate and revoke while the gateway runs."""

import concurrent.futures
import hashlib
import json
import re
import stat

import pytest

from configuration import KEY
from harness import until
from operators import LISTENERS
from wire import chat_body, get, once, post

ADMIN = "sk-operator-77ab-tail"
FORM = re.compile(r"sk-sluice-[0-9a-f]{48}")
FIELDS = {"id", "user", "team", "models", "model_map", "tags", "expires", "disabled", "source"}
# What the gateway does not notice by itself, it has to be told by the call.
UNWATCHED = {"reload": {"watch": False}}


def sha256(key):
    return hashlib.sha256(key.encode()).hexdigest()


class Keys:
    """The keys of one gateway, for an operator."""

    def __init__(self, gateway, file):
        self.gateway, self.file = gateway, file

    def call(self, path="", method="GET", body=None, key=ADMIN):
        path = f"/admin/keys{path}"
        if method == "POST":
            request = post(b"" if body is None else json.dumps(body).encode(), path, key=key)
        else:
            request = get(path, method=method, key=key)
        return once(self.gateway.address("operators"), request)

    def made(self, path="", **body):
        answer = self.call(path, "POST", body)
        assert answer.status == 201 and answer["cache-control"] == "no-store", answer.body
        told = answer.json()
        assert set(told) == FIELDS | {"key"} and told["source"] == "file" and FORM.fullmatch(told["key"])
        return told

    def listed(self):
        return {key["id"]: key for key in self.call().json()["data"]}

    def entries(self):
        return {entry["id"]: entry for entry in json.loads(self.file.read_text())["keys"]}

    def statuses(self, key, model="echo"):
        """The answers of many connections: each may reach another worker."""
        return {once(self.gateway.address(), post(chat_body(model), key=key)).status for _ in range(12)}


def served(start, file, workers=3, **root):
    admin = {"keys": [{"id": "root", "sha256": sha256(ADMIN)}]}
    root = UNWATCHED | {"listeners": LISTENERS, "admin": admin} | ({"keys_file": str(file)} if file else {}) | root
    return Keys(start(workers=workers, root=root), file)


@pytest.fixture
def keys(start, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [{"id": "old", "sha256": sha256("sk-old-key"), "tags": ["kept"]}]}, indent=2))
    file.chmod(0o640)
    keys = served(start, file)
    yield keys
    keys.gateway.assert_healthy()


def refused(answer, status, code):
    assert answer.status == status and answer.error["code"] == code, answer.body
    return answer.json()


def test_a_key_that_is_made_works_at_once_at_all_workers(keys):
    before = keys.entries()
    made = keys.made(id="a/lice", user="alice", team="research", models=["echo*"], tags=["batch"],
                     expires="2098-01-01T00:00:00Z")
    assert keys.statuses(made["key"]) == {200} and keys.statuses(made["key"], "fake") == {404}
    listed = keys.listed()
    assert listed["a/lice"] == {name: made[name] for name in FIELDS} == {
        "id": "a/lice", "user": "alice", "team": "research", "models": ["echo*"], "model_map": {}, "tags": ["batch"],
        "expires": "2098-01-01T00:00:00Z", "disabled": False, "source": "file"}
    assert listed["tester"]["source"] == "configuration" and set(listed) == {"tester", "old", "a/lice"}
    entries = keys.entries()
    assert entries.pop("a/lice")["sha256"] == sha256(made["key"]) and entries == before
    assert stat.S_IMODE(keys.file.stat().st_mode) == 0o640
    until(lambda: any(line.get("user") == "alice" and line.get("key") == "a/lice" for line in keys.gateway.access_log()),
          what="the caller in the access log")
    answer = keys.call("/a%2Flice", "DELETE")
    assert answer.status == 200 and answer.json() == {"id": "a/lice", "revoked": True}
    assert keys.statuses(made["key"]) == {401} and keys.entries() == before


def test_a_key_needs_no_members_and_is_told_nowhere_else(keys):
    made = keys.made(user="bob")
    assert re.fullmatch("bob-[0-9a-f]{6}", made["id"]) and made["models"] == ["*"]
    assert re.fullmatch("key-[0-9a-f]{6}", keys.made()["id"])
    rotated = keys.made(f"/{made['id']}/rotate")
    keys.call(f"/{made['id']}", "DELETE")
    logs = keys.gateway.stdout, keys.gateway.stderr
    until(lambda: any("a key was revoked" in lines.text for lines in logs), what="the log of it")
    said = keys.gateway.stdout.text + keys.gateway.stderr.text
    folder = keys.file.parent
    kept = "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())
    assert "a key was made" in said and "was rotated" in said and "root" in said and made["id"] in said
    for key in (made["key"], rotated["key"]):
        assert key not in said + kept + keys.call().body.decode()
        assert sha256(key) not in said + keys.call().body.decode()
    assert not list(folder.glob("*.tmp"))


def test_both_keys_work_after_a_rotation_until_the_old_one_is_revoked(keys):
    old = keys.made(id="alice", user="alice", models=["echo"], tags=["t"])
    new = keys.made("/alice/rotate")
    assert re.fullmatch("alice-[0-9a-f]{6}", new["id"]) and new["key"] != old["key"]
    for name in FIELDS - {"id"}:
        assert new[name] == old[name], name
    assert keys.statuses(old["key"]) == keys.statuses(new["key"]) == {200} and keys.statuses(new["key"], "fake") == {404}
    assert keys.call("/alice", "DELETE").status == 200
    assert keys.statuses(old["key"]) == {401} and keys.statuses(new["key"]) == {200}


def test_the_old_key_ends_when_the_rotation_says(keys):
    new = keys.made("/old/rotate", id="next", expires_in_s=0)
    assert new["id"] == "next" and new["user"] == "old" and new["tags"] == ["kept"] and new["expires"] is None
    assert keys.statuses("sk-old-key") == {401} and keys.statuses(new["key"]) == {200}
    keys.made("/next/rotate", id="last", expires_in_s=3600)
    assert keys.statuses(new["key"]) == {200} and keys.listed()["next"]["expires"] and not keys.listed()["last"]["expires"]
    refused(keys.call("/old/rotate", "POST"), 409, "key_expired")


def test_what_cannot_be_done_is_told_and_changes_nothing(keys):
    before = keys.file.read_text()
    refused(keys.call("", "POST", {"id": "old"}), 409, "key_exists")
    refused(keys.call("", "POST", {"id": "tester"}), 409, "key_exists")
    refused(keys.call("/old/rotate", "POST", {"id": "tester"}), 409, "key_exists")
    refused(keys.call("/tester", "DELETE"), 409, "key_in_configuration")
    refused(keys.call("/tester/rotate", "POST"), 409, "key_in_configuration")
    refused(keys.call("/nobody", "DELETE"), 404, "key_not_found")
    refused(keys.call("/nobody/rotate", "POST"), 404, "key_not_found")
    assert keys.file.read_text() == before and keys.statuses("sk-old-key") == {200} == keys.statuses(KEY)


@pytest.mark.parametrize("path, body, param", [
    ("", {"id": "x", "sha256": "a" * 64}, "sha256"), ("", {"id": "x", "color": 1}, "color"), ("", {"id": ""}, "id"),
    ("", {"id": 7}, "id"), ("", {"models": []}, "models"), ("", {"tags": ["two words"]}, "tags[0]"),
    ("", {"expires": "soon"}, "expires"), ("", {"expires": "2001-01-01T00:00:00Z"}, "expires"),
    ("", {"id": "x", "user": "a\nb"}, "user"), ("", [], None), ("/old/rotate", {"expires_in_s": -1}, "expires_in_s"),
    ("/old/rotate", {"user": "eve"}, "user"), ("/old/rotate", 1, None),
])
def test_bodies_are_read_as_strictly_as_the_file(keys, path, body, param):
    before = keys.file.read_text()
    assert refused(keys.call(path, "POST", body), 400, "invalid_value")["error"]["param"] == param
    assert keys.file.read_text() == before


def test_keys_that_are_made_at_once_are_all_there(keys):
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda number: keys.made(id=f"k{number}"), range(20)))
    assert set(keys.listed()) == set(keys.entries()) | {"tester"} == {"tester", "old"} | {key["id"] for key in made}
    assert all(keys.entries()[key["id"]]["sha256"] == sha256(key["key"]) for key in made)
    assert {once(keys.gateway.address(), post(chat_body("echo"), key=key["key"])).status for key in made} == {200}


def test_without_a_keys_file_the_setting_is_named(start):
    keys = served(start, None, workers=1)
    told = refused(keys.call("", "POST", {"id": "x"}), 409, "no_keys_file")
    assert "'keys_file'" in told["error"]["message"]
    refused(keys.call("/tester", "DELETE"), 409, "key_in_configuration")
    assert set(keys.listed()) == {"tester"}


def test_a_file_that_cannot_be_written_stays_as_it_is(start, tmp_path):
    # The file beside it, which takes its place, would have a name that is too long.
    file = tmp_path / f"{'k' * 245}.json"
    file.write_text('{"keys": []}')
    keys = served(start, file, workers=1)
    told = refused(keys.call("", "POST", {"id": "x"}), 500, "keys_file_not_writable")
    assert "cannot be written" in told["mistakes"][0] and str(tmp_path) not in told["error"]["message"]
    assert file.read_text() == '{"keys": []}' and set(keys.listed()) == {"tester"}


def test_a_change_that_breaks_the_configuration_is_taken_back(keys):
    sound = keys.gateway.file.read_text()
    before = keys.file.read_text()
    keys.gateway.file.write_text("{")
    told = refused(keys.call("", "POST", {"id": "x"}), 409, "invalid_configuration")
    assert told["mistakes"] and keys.file.read_text() == before and "x" not in keys.listed()
    keys.gateway.file.write_text(sound)
    assert keys.statuses(keys.made(id="x")["key"]) == {200}


def test_only_operators_may(keys):
    for path, method in (("", "GET"), ("", "POST"), ("/old", "DELETE"), ("/old/rotate", "POST")):
        for key, status in ((None, 401), ("sk-wrong-operator", 401), (KEY, 403)):
            assert keys.call(path, method, key=key).status == status
    assert keys.call("/old", "GET").status == 405 and keys.call("/old/rotate", "DELETE").status == 405
    assert set(keys.entries()) == {"old"}
