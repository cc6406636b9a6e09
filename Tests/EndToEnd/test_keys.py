"""sluice keys: new, hash and list, by hand and with a running gateway."""

import concurrent.futures
import hashlib
import json
import os
import pty
import re
import stat
import subprocess

import pytest

from harness import binary, until
from test_reload import QUICK, is_served
from wire import chat_body, once, post

KEY = re.compile(r"sk-sluice-[0-9a-f]{48}")


def keys(*arguments, key=None):
    return subprocess.run([binary(), "keys", *map(str, arguments)], input=key, capture_output=True, text=True, timeout=20)


def new(*arguments):
    """Makes a key in a file; gives it."""
    ran = keys("new", *arguments)
    assert ran.returncode == 0, ran.stderr
    assert KEY.fullmatch(ran.stdout.strip()) and not KEY.search(ran.stderr), "the key alone, for $(…)"
    return ran.stdout.strip()


def sha256(key):
    return hashlib.sha256(key.encode()).hexdigest()


def test_a_key_is_shown_once_with_the_entry_to_paste():
    ran = keys("new", "--user", "alice", "--team", "research", "--models", "gpt-*, echo", "--expires", "2099-01-01")
    key, entry = ran.stdout.split("\n", 1)
    entry = json.loads(entry)
    assert KEY.fullmatch(key) and re.fullmatch("alice-[0-9a-f]{6}", entry.pop("id"))
    assert entry == {"sha256": sha256(key), "user": "alice", "team": "research", "models": ["gpt-*", "echo"],
                     "expires": "2099-01-01T00:00:00Z"}


def test_a_file_is_made_for_its_owner_alone_and_others_entries_stay(tmp_path):
    file = tmp_path / "keys.json"
    first = new("--user", "alice", "--file", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    second = new("--user", "alice", "--id", "alice-2", "--tags", "batch", "--file", file)
    after = file.read_text()
    assert after.startswith(before[: before.rindex("}", 0, before.rindex("]")) + 1]), "byte for byte"
    entries = json.loads(after)["keys"]
    assert [entry["sha256"] for entry in entries] == [sha256(first), sha256(second)]
    assert first not in after and os.listdir(tmp_path) == ["keys.json"], "no key and no temporary file is left"


def test_keys_made_at_once_are_all_kept(tmp_path):
    file = tmp_path / "keys.json"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: new("--user", f"u{number}", "--file", file), range(16)))
    assert {entry["sha256"] for entry in json.loads(file.read_text())["keys"]} == set(map(sha256, made))


def test_a_key_works_at_once_in_a_running_gateway(start, tmp_path):
    file = tmp_path / "keys.json"
    old = new("--user", "alice", "--file", file)
    gateway = start(workers=2, root={"keys_file": str(file), "reload": QUICK})
    fresh = new("--user", "alice", "--models", "echo", "--file", file)
    until(is_served(gateway, fresh), what="the new key")
    assert once(gateway.address(), post(chat_body("fake"), key=fresh)).status == 404, "not one of its models"
    assert once(gateway.address(), post(chat_body("echo"), key=old)).status == 200
    said = gateway.stdout.text + gateway.stderr.text
    assert fresh not in said and sha256(fresh) not in said


@pytest.mark.parametrize("text, place", [
    ('{"keys": [}', ":1:11"), ("[]", ":1:1"), ('{"keys": [{"id": "a", "sha256": "b"}]}', ":1:33"), ("", ":1:1"),
])
def test_a_broken_file_is_told_and_not_touched(tmp_path, text, place):
    file = tmp_path / "keys.json"
    file.write_text(text)
    for ran in (keys("new", "--user", "u", "--file", file), keys("list", "--file", file)):
        assert ran.returncode == 1 and f"keys.json{place}" in ran.stderr and not ran.stdout
    assert file.read_text() == text


def test_a_folder_in_the_files_place_is_told(tmp_path):
    for ran in (keys("new", "--user", "u", "--file", tmp_path), keys("list", "--file", tmp_path)):
        assert ran.returncode == 1 and not ran.stdout
        assert ran.stderr.startswith(f"{tmp_path}: ") and "Is a directory" in ran.stderr


def test_an_id_that_is_taken_is_told(tmp_path):
    file = tmp_path / "keys.json"
    new("--id", "one", "--file", file)
    ran = keys("new", "--id", "one", "--file", file)
    assert ran.returncode == 1 and "two keys have this id" in ran.stderr and not ran.stdout


def test_a_file_that_cannot_be_written_is_told_and_no_key_is_shown(tmp_path):
    ran = keys("new", "--file", tmp_path / "none" / "keys.json")
    assert ran.returncode == 1 and "none" in ran.stderr and not ran.stdout


@pytest.mark.parametrize("arguments", [
    ["--expires", "soon"], ["--expires", "2001-01-01"], ["--user", ""], ["--user", "a\nb"], ["--models", ","],
    ["--tags", "x" * 65], ["--key", "sk-mine"], ["sk-mine"],
])
def test_what_cannot_be_meant_is_a_mistake_of_usage(arguments):
    ran = keys("new", *arguments)
    assert ran.returncode == 64 and "Usage:" in ran.stderr and not ran.stdout


def test_hash_reads_the_key_from_standard_input():
    for text in ("sk-test", "sk-test\n", "sk-test\r\nmore\n"):
        ran = keys("hash", key=text)
        assert (ran.returncode, ran.stdout) == (0, sha256("sk-test") + "\n")
    for text in ("", "\n", "two words\n", "schlüssel\n", "x" * 5000):
        ran = keys("hash", key=text)
        assert ran.returncode == 1 and ran.stderr and not ran.stdout
    assert keys("hash", "sk-in-argv").returncode == 64


def test_hash_asks_at_a_terminal_and_does_not_show_what_is_typed():
    ours, theirs = pty.openpty()
    process = subprocess.Popen([binary(), "keys", "hash"], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while b"Key: " not in seen:
        seen += os.read(ours, 1024)
    os.write(ours, b"sk-typed\n")
    while sha256("sk-typed").encode() not in seen:
        seen += os.read(ours, 1024)
    assert process.wait(10) == 0 and b"sk-typed" not in seen
    os.close(ours)


def test_list_shows_whose_keys_there_are_and_until_when(tmp_path):
    file = tmp_path / "keys.json"
    entries = [{"id": "a", "sha256": "a" * 64, "user": "alice", "team": "qa", "models": ["gpt-*"]},
               {"id": "b", "sha256": "b" * 64, "expires": "2001-01-01T00:00:00Z"}]
    file.write_text(json.dumps({"keys": entries}))
    config = tmp_path / "gateway.json"
    config.write_text(json.dumps({"keys": [{"id": "c", "sha256": "c" * 64, "disabled": True}], "keys_file": "keys.json",
                                  "upstreams": {"openai": {"api_key": {"env": "NOT_SET"}}}}))
    assert [line.split() for line in keys("list", "--file", file).stdout.splitlines()] == [
        ["ID", "USER", "TEAM", "MODELS", "TAGS", "EXPIRES", "STATE"],
        ["a", "alice", "qa", "gpt-*", "-", "never", "active"],
        ["b", "b", "-", "*", "-", "2001-01-01T00:00:00Z", "expired"]]
    listed = json.loads(keys("list", "--config", config, "--json").stdout)
    assert [(key["id"], key["state"]) for key in listed] == [("c", "disabled"), ("a", "active"), ("b", "expired")]
    assert not any("sha256" in key for key in listed)
    assert keys("list", "--config", config, "--file", file).returncode == 64
    missing = keys("list", "--file", tmp_path / "none.json")
    assert missing.returncode == 1 and "none.json" in missing.stderr
