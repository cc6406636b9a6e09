"""Files that change under a running gateway: the configuration, keys, certificates, secrets."""

import hashlib
import json
import os
import signal
import threading

import pytest

from certificates import self_signed
from configuration import KEY, model, openai
from harness import until
from metrics import total
from test_lifecycle import begin_stream, certificate_of, rest
from wire import Wire, chat_body, content, get, once, post

# Quick looks, so that a test waits for milliseconds.
QUICK = {"interval_ms": 20, "debounce_ms": 40}
SUCCESS = "sluice_config_last_reload_successful"


def entry(key, **fields):
    return {"id": key, "sha256": hashlib.sha256(key.encode()).hexdigest(), **fields}


def keys_text(*keys):
    return json.dumps({"keys": [entry(key) for key in keys]}, indent=2)


def replace(file, text):
    """As an editor saves: a new file takes the place of the old one, so that nobody sees a part."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(text)
    temporary.rename(file)


def status(gateway, key):
    return once(gateway.address(), post(chat_body("echo"), key=key)).status


def is_served(gateway, key):
    """The key is taken by every worker: each connection may reach another one."""
    return lambda: {status(gateway, key) for _ in range(8)} == {200}


def is_refused(gateway, key):
    return lambda: {status(gateway, key) for _ in range(8)} == {401}


def names(gateway):
    with Wire(gateway.address()) as wire:
        return {model["id"] for model in wire.exchange(get("/v1/models")).json()["data"]}


@pytest.fixture
def start_quick(start):
    def start_quick(keys_file=None, reload=QUICK, log_level="info", **options):
        root = {"reload": reload, "telemetry": {"access_log": "stdout", "log_level": log_level}}
        if keys_file:
            root["keys_file"] = str(keys_file)
        return start(root=root, **options)

    return start_quick


class Clients:
    """Clients that call and stream in parallel until they are told to stop; `failures` is what went wrong."""

    def __init__(self, gateway, count=4):
        self.gateway, self.failures, self.answered, self.stopping = gateway, [], 0, False
        self.threads = [threading.Thread(target=self.run, args=(bool(n % 2),)) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, stream):
        try:
            while not self.stopping:
                with Wire(self.gateway.address()) as wire:
                    for _ in range(5):
                        self.call(wire, stream)
        except Exception as error:  # a thread's failure is the test's
            self.failures.append(repr(error))

    def call(self, wire, stream):
        response = wire.exchange(post(chat_body("echo", "one two three", stream=stream)))
        assert response.status == 200 and response.whole, (response.status, response.body)
        if stream:
            assert response.events[-1] == "[DONE]" and content(response.events) == "one two three"
        else:
            assert response.json()["choices"][0]["message"]["content"] == "one two three"
        self.answered += 1

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(20)
        assert not self.failures and not any(thread.is_alive() for thread in self.threads), self.failures


def broken(text, number):
    """Ways in which a file can be wrong."""
    return [text[: len(text) // 2], text.replace('"workers": 4', '"workers": "many"'), "",
            text.replace('"echo"', '"ecko"', 1)][number % 4]


def test_reload_under_load_loses_no_request(start_quick):
    counted = {"kind": "rate_limit", "name": "counted", "per": "global", "requests": 10, "window_ms": 3_600_000,
               "match": {"headers": {"x-counted": "*"}}}
    gateway = start_quick(workers=4, policies=[counted])
    sound = json.loads(gateway.file.read_text())

    def counted_statuses(count):
        request = post(chat_body("echo"), headers=["x-counted: yes"])
        return [once(gateway.address(), request).status for _ in range(count)]

    assert counted_statuses(6) == [200] * 6
    long = [begin_stream(gateway, tls=tls, events=40, gap_ms=60) for tls in (None, gateway.certificate)]
    clients = Clients(gateway)
    for number in range(20):
        sound["models"] = [each for each in sound["models"] if not each["name"].startswith("version-")]
        sound["models"].append(model(f"version-{number}", "echo"))
        text = json.dumps(sound, indent=2)
        if number % 3 == 1:
            replace(gateway.file, broken(text, number // 3))
            until(lambda: total(gateway, SUCCESS) == 0, what="the metric of a failed reload")
            assert f"version-{number - 1}" in names(gateway), "the last good configuration stays"
        else:
            replace(gateway.file, text)
            until(lambda: f"version-{number}" in names(gateway), what=f"version {number}")
            until(lambda: total(gateway, SUCCESS) == 1, what="the metric of a good reload")
    clients.stop()
    for wire in long:
        assert rest(wire).endswith(b"data: [DONE]\n\n")
        wire.socket.close()
    assert counted_statuses(6) == [200] * 4 + [429] * 2, "ten, of which six were used before"
    assert clients.answered >= 100


def test_keys_that_are_added_work_and_keys_that_are_removed_do_not(start_quick, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(keys_text("first"))
    gateway = start_quick(workers=3, keys_file=file)
    assert [status(gateway, key) for key in ("first", "second", KEY)] == [200, 401, 200]
    replace(file, keys_text("first", "second"))
    until(is_served(gateway, "second"), what="the new key")
    assert status(gateway, "first") == 200, "both work while they are rotated"
    file.write_text(keys_text("second"))
    until(is_refused(gateway, "first"), what="the removed key to be refused")
    assert status(gateway, "second") == status(gateway, KEY) == 200


def test_a_mistake_among_the_keys_is_told_once_with_its_place_and_the_last_good_keys_stay(start_quick, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(keys_text("good"))
    gateway = start_quick(keys_file=file, log_level="debug")
    replace(file, '{\n  "keys": [\n    { "id": "x", "sha256": "sk-pasted-by-mistake" }\n  ]\n}\n')
    until(lambda: total(gateway, SUCCESS) == 0, what="the failed reload")
    place = f"{file}:3:28: keys[0].sha256: expected a SHA-256"
    until(lambda: place in gateway.stderr.text, what="the mistake to be told")
    assert "sk-pasted" not in gateway.stderr.text, "what may be a key is never shown"
    assert status(gateway, "good") == 200
    replace(file, file.read_text() + "\n")
    until(lambda: "for the same reason" in gateway.stderr.text, what="the same mistake to be found again")
    replace(file, keys_text("good", "better"))
    until(is_served(gateway, "better"), what="the mended file")
    assert total(gateway, SUCCESS) == 1 and gateway.stderr.text.count(place) == 1


def test_a_file_that_was_missing_is_taken_when_it_comes(start_quick, tmp_path):
    file, later = tmp_path / "keys.json", tmp_path / "later.json"
    file.write_text(keys_text("old"))
    gateway = start_quick(keys_file=file)
    changed = json.loads(gateway.file.read_text()) | {"keys_file": str(later)}
    replace(gateway.file, json.dumps(changed))
    until(lambda: total(gateway, SUCCESS) == 0, what="the failed reload")
    assert status(gateway, "old") == 200
    later.write_text(keys_text("new"))
    until(is_served(gateway, "new"), what="the key of the new file")
    assert status(gateway, "old") == 401 and total(gateway, SUCCESS) == 1


def test_a_disabled_key_is_refused_until_it_is_enabled(start_quick, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [entry("mine", disabled=True)]}))
    gateway = start_quick(keys_file=file)
    refused = once(gateway.address(), post(chat_body("echo"), key="mine"))
    assert refused.status == 401 and refused.error["code"] == "invalid_api_key" and "disabled" in refused.error["message"]
    replace(file, keys_text("mine"))
    until(is_served(gateway, "mine"), what="the key that was enabled")


def test_tags_tell_keys_apart_for_policies(start_quick, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [entry("nightly", tags=["batch"]), entry("daily")]}))
    limit = {"kind": "rate_limit", "per": "global", "requests": 1, "match": {"tags": ["bat*"]}}
    gateway = start_quick(keys_file=file, policies=[limit])
    assert [status(gateway, key) for key in ("nightly", "daily", "nightly", "daily")] == [200, 200, 429, 200]


def publish(volume, name, text):
    """Puts a new version of a volume in place as Kubernetes does: a folder, and a link that is swapped."""
    old = volume / os.readlink(volume / "..data") if (volume / "..data").is_symlink() else None
    (volume / name).mkdir(parents=True)
    (volume / name / "keys.json").write_text(text)
    (volume / "..data_tmp").symlink_to(name)
    (volume / "..data_tmp").rename(volume / "..data")
    if not old:
        return (volume / "keys.json").symlink_to("..data/keys.json")
    (old / "keys.json").unlink()
    old.rmdir()


def test_a_volume_of_kubernetes_is_followed(start_quick, tmp_path):
    volume = tmp_path / "volume"
    publish(volume, "..2026_01_01", keys_text("one"))
    gateway = start_quick(keys_file=volume / "keys.json", workers=2)
    assert status(gateway, "one") == 200
    for name, key, gone in (("..2026_01_02", "two", "one"), ("..2026_01_03", "six", "two")):
        publish(volume, name, keys_text(key))
        until(is_served(gateway, key), what=f"the key {key}")
        until(is_refused(gateway, gone), what=f"the key {gone} to be refused")
    assert total(gateway, SUCCESS) == 1


def test_a_certificate_that_is_replaced_is_served_and_a_broken_one_is_not(start_quick):
    gateway = start_quick(workers=2)
    before = certificate_of(gateway)
    self_signed(gateway.directory / "certs", "renewed.test")
    until(lambda: all(certificate_of(gateway) != before for _ in range(8)), what="the new certificate everywhere")
    until(lambda: total(gateway, SUCCESS) == 1, what="a good reload")
    renewed = certificate_of(gateway)
    replace(gateway.certificate, "not a certificate")
    until(lambda: total(gateway, SUCCESS) == 0, what="the failed reload")
    assert certificate_of(gateway) == renewed and "server.pem" in gateway.stderr.text


def test_a_secret_in_a_file_is_read_anew(start_quick, provider, tmp_path, label):
    secret = tmp_path / "secret"
    secret.write_text("sk-before\n")
    filed = openai(provider.base_url, api_key={"file": str(secret)})
    gateway = start_quick(upstreams={"filed": filed}, models=[model("filed", "filed", "filed")])

    def sent(number):
        once(gateway.address(), post(chat_body("filed", x_provider={"id": f"{label}-{number}"})))
        return dict(provider.call(f"{label}-{number}")["headers"])["authorization"]

    assert sent("first") == "Bearer sk-before"
    replace(secret, "sk-after\n")
    numbers = iter(range(10_000))
    until(lambda: sent(next(numbers)) == "Bearer sk-after", what="the new secret")


def test_without_watching_sighup_alone_has_files_read(start_quick, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(keys_text("one"))
    watching = start_quick(keys_file=file)
    silent = start_quick(keys_file=file, reload=QUICK | {"watch": False})
    for key in ("two", "three"):
        replace(file, keys_text(key))
        until(is_served(watching, key), what=f"the key {key}")
    assert status(silent, "one") == 200 and status(silent, "three") == 401
    silent.signal(signal.SIGHUP)
    until(is_served(silent, "three"), what="the reload by signal")
