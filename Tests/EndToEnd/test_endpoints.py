"""Images, audio, files and batches: relayed as they are, with the openai client and on the wire."""

import json

import pytest

from configuration import KEY, TIMEOUTS, model, openai
from harness import until
from metrics import total
from openai_client import Endpoint
from relayed import BOUNDARY, ROOT, chunked, digest, form, get, head, pattern_digest, post_form
from wire import Wire, once, post

MODELS = {"image_model": "mapped"}
FILE = ("file", b"\r\n--x\x00" * 50, "a.wav")


@pytest.fixture
def relaying(gateway_with):
    return gateway_with(root=ROOT)


@pytest.fixture
def client(openai_client, relaying):
    return Endpoint(openai_client, relaying.urls["public"] + "/v1")


@pytest.fixture
def upload(tmp_path):
    """A file to send, and what the client is told of it."""
    file = tmp_path / "speech.wav"
    file.write_bytes(bytes(range(256)) * 200)
    return {"$file": str(file)}


def labelled(label, **spec):
    return {"extra_headers": {"idempotency-key": json.dumps({"id": label, **spec})}}


def parts(call):
    """The form data that a provider got, by name."""
    boundary = dict((k.lower(), v) for k, v in call["headers"])["content-type"].split("boundary=")[1].strip('"').encode()
    found = {}
    for part in call["body"].split(b"--" + boundary)[1:-1]:
        name, content = part.split(b"\r\n\r\n", 1)
        found[name.split(b'name="')[1].split(b'"')[0].decode()] = content[:-2]
    return found


# With the client


def test_images_are_generated(client, provider, label):
    result = client.create("images.generate", model="mapped", prompt="a cat", n=1, **labelled(label))
    assert result.answer["data"][0]["b64_json"] == "aGk=" and result["request_id"]
    call = provider.call(label)
    assert call["path"] == "/v1/images/generations"
    assert json.loads(call["body"]) == {"model": "real-model-2026", "prompt": "a cat", "n": 1}


@pytest.mark.parametrize("name, fields", [
    ("images.edit", {"prompt": "a dog"}), ("images.create_variation", {"n": 2}),
])
def test_images_are_sent_along(client, provider, label, upload, name, fields):
    assert client.create(name, model="mapped", image=upload, **fields, **labelled(label)).answer["data"]
    found = parts(provider.call(label))
    assert found["model"] == b"real-model-2026" and found["image"] == bytes(range(256)) * 200
    assert set(found) == {"model", "image", *fields}


@pytest.mark.parametrize("name", ["transcriptions", "translations"])
def test_speech_becomes_text(client, provider, label, upload, name):
    result = client.create(f"audio.{name}.create", model="mapped", file=upload, **labelled(label))
    call = provider.call(label)
    assert result.answer["text"] == f"{call['length']} bytes" and call["path"] == f"/v1/audio/{name}"
    assert parts(call)["model"] == b"real-model-2026"


def test_text_becomes_speech(client, provider, label):
    spec = labelled(label, size=300_000, gap_ms=5)
    result = client.download("audio.speech.create", model="mapped", voice="alloy", input="hello", **spec)
    assert result.answer == {"length": 300_000, "sha256": pattern_digest(300_000)}
    assert result["headers"]["content-type"] == "audio/mpeg"
    assert provider.sent(label)["model"] == "real-model-2026"


def test_files_are_kept_listed_read_and_deleted(client, provider, label, upload):
    made = client.create("files.create", file=upload, purpose="batch", **labelled(label)).answer
    assert made["object"] == "file" and provider.call(label)["path"] == "/v1/files"
    assert parts(provider.call(label))["file"] == bytes(range(256)) * 200
    assert client.create("files.retrieve", file_id="file-1").answer["id"] == "file-1"
    assert client.create("files.list", purpose="batch", **labelled(label + "-l")).answer["data"][0]["id"] == "file-1"
    assert provider.call(label + "-l")["path"] == "/v1/files?purpose=batch"
    content = client.download("files.content", file_id="file-1", **labelled(label + "-c", size=70_000, length=True))
    assert content.answer == {"length": 70_000, "sha256": pattern_digest(70_000)}
    assert content["headers"]["content-length"] == "70000" and "a.bin" in content["headers"]["content-disposition"]
    assert client.create("files.delete", file_id="file-1", **labelled(label + "-d")).answer["deleted"]
    assert provider.call(label + "-d")["method"] == "DELETE"


def test_batches_are_made_listed_and_cancelled(client, provider, label):
    fields = {"completion_window": "24h", "endpoint": "/v1/chat/completions", "input_file_id": "file-1"}
    assert client.create("batches.create", **fields, **labelled(label)).answer["status"] == "validating"
    assert provider.sent(label) == fields
    assert client.create("batches.retrieve", batch_id="batch-1").answer["object"] == "batch"
    assert client.create("batches.list", limit=2).answer["data"]
    assert client.create("batches.cancel", batch_id="batch-1", **labelled(label + "-c")).answer["id"] == "batch-1"
    assert provider.call(label + "-c")["path"] == "/v1/batches/batch-1/cancel"


def test_errors_raise_the_classes_of_the_client(openai_client, relaying, client, upload):
    def error(label=None, **spec):
        return client.create("audio.translations.create", model="fake", file=upload, **labelled(label, **spec)).error

    assert error(status=400)["class"] == "BadRequestError" and error(status=400)["body"]["message"] == "theirs"
    assert error(status=429, headers={"retry-after-ms": "7"})["class"] == "RateLimitError"
    assert error(status=401)["code"] == "upstream_authentication_failed"
    assert error(status=500, body="<html>")["code"] == "upstream_status"
    wrong = Endpoint(openai_client, relaying.urls["public"] + "/v1", key="sk-wrong-0123456789-abcd")
    assert wrong.create("files.list").error["class"] == "AuthenticationError"
    assert wrong.create("files.create", file=upload, purpose="x").error["class"] == "AuthenticationError"
    unknown = client.create("audio.translations.create", model="no-such-model", file=upload).error
    assert (unknown["class"], unknown["code"]) == ("NotFoundError", "model_not_found")
    unserved = client.create("images.generate", model="echo", prompt="x").error
    assert unserved["class"] == "NotFoundError" and "/v1/images" in unserved["message"]


# On the wire

CALLS = {
    "/v1/images/generations": post(b'{"model": "fake", "prompt": "x"}', "/v1/images/generations"),
    "/v1/images/edits": post_form("/v1/images/edits", ("model", "fake"), ("prompt", "x")),
    "/v1/images/variations": post_form("/v1/images/variations", ("model", "fake")),
    "/v1/audio/speech": post(b'{"model": "fake", "input": "x", "voice": "alloy"}', "/v1/audio/speech"),
    "/v1/audio/transcriptions": post_form("/v1/audio/transcriptions", ("model", "fake"), FILE),
    "/v1/audio/translations": post_form("/v1/audio/translations", ("model", "fake"), FILE),
    "/v1/files": post_form("/v1/files", ("purpose", "batch"), FILE),
    "/v1/files/{id}": get("/v1/files/file-1"),
    "/v1/files/{id}/content": get("/v1/files/file-1/content"),
    "/v1/batches": post(b"{}", "/v1/batches"),
    "/v1/batches/{id}": get("/v1/batches/batch-1"),
    "/v1/batches/{id}/cancel": post(b"", "/v1/batches/batch-1/cancel"),
}


def rate(path):
    return {"kind": "rate_limit", "name": path, "per": "user", "requests": 1, "window_ms": 60_000,
            "match": {"paths": [path]}}


@pytest.mark.parametrize("route", CALLS)
def test_each_path_has_keys_limits_figures_and_a_prefix(gateway_with, route):
    paths = [call.split(b" ")[1].decode() for call in CALLS.values()]
    gateway = gateway_with(policies=[rate(path) for path in dict.fromkeys(paths)], root=ROOT)
    call, address = CALLS[route], gateway.address()
    answer = once(address, call.replace(b" /v1/", b" /api/v1/", 1))
    assert answer.status == 200 and answer["x-served-by"] == "fake" and answer["x-attempts"] == "1"
    assert answer["x-upstream-request-id"] == "req-upstream-1" and answer["x-secret-internal"] is None
    assert answer["x-ratelimit-remaining-requests"] == "0" and answer["x-request-id"]
    assert once(address, call).error["type"] == "requests"
    assert once(address, call.replace(KEY.encode(), b"sk-no")).status == 401
    assert once(address, call.replace(b"POST ", b"PUT ").replace(b"GET ", b"PUT ")).status == 405
    assert total(gateway, "http_server_request_duration_seconds_count", http_route=route) == 4
    operation = route.split("/")[2]
    assert total(gateway, "gen_ai_client_operation_duration_seconds_count", gen_ai_operation_name=operation) >= 1
    mine = answer["x-request-id"]
    line = until(lambda: [each for each in gateway.access_log() if each["request_id"] == mine], what="the line")[0]
    assert line["upstream"] == "fake" and line["dialect"] == "openai" and line["status"] == 200


@pytest.mark.parametrize("path", [
    "/v1/files/..", "/v1/files/%2e%2e", "/v1/files/a%2Fb", "/v1/files/a/b", "/v1/files/a/b/content", "/v1/files/",
    "/v1/files/..%2Fmodels", "/v1/batches/a%00", "/v1/files//content", "/v1/images/x", "/v1/files/a?b/../c",
])
def test_ids_lead_nowhere_else(relaying, provider, label, path):
    answer = once(relaying.address(), get(path, {"id": label}))
    assert answer.status in (400, 404) or path.endswith("?b/../c") and answer.status == 200
    assert all(call["path"] == "/v1/files/a?b/../c" for call in provider.calls(label))


def test_clients_choose_no_upstream(relaying, provider, label):
    answer = once(relaying.address(), get("/v1/files", {"id": label}, headers=["x-upstream: hasty"]))
    assert answer["x-served-by"] == "fake"
    assert not [value for name, value in provider.call(label)["headers"] if name.lower() == "x-upstream"]


def test_files_are_nowhere_unless_one_upstream_has_them(gateway, start, provider):
    error = once(gateway.address(), get("/v1/files")).error
    assert error["code"] == "not_configured" and "dialects.openai.files_upstream" in error["message"]
    lone = start(root={"upstreams": {"one": openai(provider.base_url)}, "models": [model("m", "one")]})
    assert once(lone.address(), get("/v1/files")).status == 200


def test_keys_for_some_models_are_not_for_files(start):
    gateway = start(root=ROOT | {"keys": [{"id": "k", "sha256": digest(b"sk-some"), "models": ["fake"]}]})
    answer = once(gateway.address(), get("/v1/files", key="sk-some"))
    assert answer.status == 403 and answer.error["type"] == "permission_error"
    assert once(gateway.address(), post_form("/v1/audio/translations", ("model", "fake"), FILE, key="sk-some")).status == 200
    assert once(gateway.address(), post_form("/v1/audio/translations", ("model", "mapped"), key="sk-some")).status == 404


def test_a_model_that_the_form_does_not_name_is_the_configured_one(relaying, provider, label):
    answer = once(relaying.address(), post_form("/v1/audio/translations", FILE, spec={"id": label}))
    assert answer.status == 200
    found = parts(provider.call(label))
    assert found == {"model": b"real-model-2026", "file": FILE[1]}
    for path, field in (("/v1/images/generations", "prompt"), ("/v1/audio/speech", "input")):
        sent = {"id": f"{label}-{field}"}
        body = json.dumps({field: "x"}).encode()
        assert once(relaying.address(), post(body, path, headers=[f"idempotency-key: {json.dumps(sent)}"])).status == 200
        assert provider.sent(sent["id"]) == {field: "x", "model": "real-model-2026"}


@pytest.mark.parametrize("path", ["/v1/images/edits", "/v1/audio/transcriptions"])
def test_without_such_a_model_the_form_has_to_name_one(gateway, path):
    error = once(gateway.address(), post_form(path, FILE)).error
    assert error["param"] == "model" and "dialects.openai." in error["message"]


@pytest.mark.parametrize("body", [
    b"", b"{}", form(("model", "fake"), ("model", "fake")), form(("model", "")), form(("model", "x" * 300)),
    form(("model", "fake"), end=False), form(("model", "fake")).replace(b"\r\n", b"\n"),
], ids=lambda body: repr(body[:30]))
def test_a_form_that_is_none_is_refused(relaying, body):
    answer = once(relaying.address(), head("/v1/audio/translations", len(body)) + body)
    assert answer.status == 400 and answer.error["code"] in ("invalid_multipart", "invalid_value")


def test_a_form_without_boundary_is_refused(relaying):
    answer = once(relaying.address(), head("/v1/audio/translations", 2, content_type="multipart/form-data") + b"{}")
    assert answer.error["code"] == "invalid_multipart"


def test_a_model_that_comes_behind_the_files_is_refused(gateway, relaying, provider, label):
    late = form(("file", b"x" * 300_000, "a"), ("model", "mapped"))
    answer = once(relaying.address(), head("/v1/audio/translations", len(late), {"id": label}) + late)
    assert answer.status == 400 and answer.error["param"] == "model" and "before the files" in answer.error["message"]
    assert all(call["state"] != "done" for call in provider.calls(label)), "no provider got all of it"
    assert once(gateway.address(), head("/v1/audio/translations", len(late)) + late).error["param"] == "model"


def test_headers_are_set_and_guards_look_at_prompts(start, provider, label):
    policies = [{"kind": "headers", "request": {"set": {"x-team": "{team}"}}, "response": {"set": {"x-note": "hi"}}},
                {"kind": "guard", "deny": [{"pattern": "forbidden", "message": "refused by policy"}]},
                {"kind": "validate"}]
    gateway = start(policies=policies, root=ROOT)
    answer = once(gateway.address(), post_form("/v1/images/edits", ("model", "fake"), spec={"id": label}))
    assert answer.status == 200 and answer["x-note"] == "hi"
    assert ["x-team", "qa"] in provider.call(label)["headers"]
    refused = once(gateway.address(), post(b'{"model": "fake", "prompt": "forbidden"}', "/v1/images/generations"))
    assert refused.status == 400 and refused.error["param"] == "prompt"


def test_deployments_have_paths_of_their_own(start, provider, label):
    azure = {"kind": "openai", "base_url": f"http://127.0.0.1:{provider.port}/openai", "paths": "deployments",
             "api_version": "v1", "key_header": "api-key", "api_key": {"env": "E2E_PROVIDER_KEY"}, "timeouts": TIMEOUTS}
    gateway = start(upstreams={"azure": azure}, models=[model("w", "azure", "my whisper")],
                    root={"dialects": {"openai": {"files_upstream": "azure"}}})
    once(gateway.address(), post_form("/v1/audio/transcriptions", ("model", "w"), FILE, spec={"id": label}))
    assert provider.call(label)["path"] == "/openai/deployments/my%20whisper/audio/transcriptions?api-version=v1"
    once(gateway.address(), get("/v1/files?limit=1", {"id": label + "-f"}))
    assert provider.call(label + "-f")["path"] == "/openai/files?api-version=v1&limit=1"


def test_small_bodies_are_sent_again_and_large_ones_are_not(start, provider, label):
    upstream = openai(provider.base_url, retry={"attempts": 2, "backoff_ms": 1})
    gateway = start(upstreams={"shaky": upstream}, models=[model("shaky", "shaky"), model("far", "nowhere") |
                                                            {"fallbacks": ["fake"]}])

    def send(name, size, spec):
        return once(gateway.address(), post_form("/v1/audio/translations", ("model", name), ("file", b"x" * size, "a"),
                                                 spec=spec))

    mended = send("shaky", 1_000, {"id": label, "status": 500, "times": 1})
    assert (mended.status, mended["x-attempts"]) == (200, "2")
    failed = send("shaky", 1_000_000, {"id": label + "-l", "status": 500, "times": 1})
    assert (failed.status, len(provider.calls(label + "-l"))) == (500, 1)
    # Who has taken nothing of it can be followed by another.
    other = send("far", 1_000_000, {"id": label + "-o"})
    assert (other.status, other["x-served-by"], other["x-attempts"]) == (200, "fake", "2")
    assert parts_model(provider.call(label + "-o")) == b"fake"


def parts_model(call):
    return call["body"].split(b'name="model"\r\n\r\n')[1].split(b"\r\n")[0]


def test_chunks_become_chunks(relaying, provider, label):
    body = form(("model", "mapped"), ("file", b"y" * 200_000, "a"))
    request = head("/v1/audio/translations", None, {"id": label}) + chunked(body[:10], body[10:150_000], body[150_000:])
    with Wire(relaying.address()) as wire:
        assert wire.exchange(request).status == 200
        # The connection goes on behind it.
        assert wire.exchange(get("/v1/files", {"id": label + "-2"})).status == 200
    call = provider.call(label)
    named = {name.lower(): value for name, value in call["headers"]}
    assert named["transfer-encoding"] == "chunked" and "content-length" not in named
    assert call["sha256"] == digest(body.replace(b"mapped", b"real-model-2026"))
    assert named["content-type"] == f"multipart/form-data; boundary={BOUNDARY}"
