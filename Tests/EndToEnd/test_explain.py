"""sluice explain and the operators' surface: the binary, a running gateway and its live counters."""

import hashlib
import json
import os
import subprocess

import pytest

from configuration import KEY, configuration
from harness import Gateway, binary, until
from wire import Wire, chat_body, get, once, post

ADMIN_KEY = "sk-operator-77ab"
POLICIES = [
    {"kind": "rate_limit", "name": "minute", "per": "user", "requests": 3, "tokens": 9_000},
    {"kind": "rate_limit", "name": "free", "per": "ip", "requests": 1, "match": {"models": ["gpt-*"]}},
    {"kind": "concurrency", "per": "key", "max": 2},
    {"kind": "budget", "per": "body_client_id", "tokens": 5_000, "window": "total"},
    {"kind": "validate", "name": "size", "max_n": 2},
    {"kind": "guard", "name": "words", "deny": [{"pattern": "forbidden", "message": "not here"}]},
    {"kind": "guard", "name": "watch", "deny": [{"pattern": "weather"}], "mode": "shadow"},
    {"kind": "trim_history", "max_messages": 2, "keep_last": 1},
]
# What the command prints for a request that every policy lets through, shortened by the last.
PASSED = """\
POST /v1/chat/completions through listener "public"
model "mapped", a whole answer, about 20 prompt tokens

POLICY        KIND          MODE     VERDICT      WHY
auth          auth          enforce  passed       require "key", key id "tester", user "tess", team "qa"
minute        rate_limit    enforce  passed       per "user", subject "tess"
                                                  unit "requests", limit 3, used 0, remaining 3, needed 1, reset ms 0
                                                  unit "tokens", limit 9000, used 0, remaining 9000, needed 532, reset ms 0
free          rate_limit    enforce  not matched  model "mapped" matches none of ["gpt-*"]
concurrency   concurrency   enforce  passed       per "key", subject "tester"
                                                  unit "requests under way", limit 2, used 0, remaining 2, needed 1
budget        budget        enforce  passed       per "body_client_id", subject ""
                                                  unit "tokens", limit 5000, used 0, remaining 5000, needed 532
size          validate      enforce  passed
words         guard         enforce  passed       looks at "request, answer"
watch         guard         shadow   passed       looks at "request, answer"
trim_history  trim_history  enforce  changed      dropped messages 1, dropped tokens 5

Passes.

Model "mapped" goes to
  fake (openai) as "real-model-2026", 100 %
    keys: …91c2
    retry: attempts 1
    POST BASE/chat/completions
    authorization: ***
    x-request-id: explained

    {"model": "real-model-2026", "messages": [{"role": "assistant", "content": "two"}, \
{"role": "user", "content": "three"}]}
"""


def whole(provider, *, admin_keys=(ADMIN_KEY,), policies=POLICIES, **options):
    made = configuration(provider.base_url, policies=policies, **options)
    made["listeners"][2]["serves"] = ["metrics", "health", "admin"]
    keys = [{"id": f"root-{n}", "sha256": hashlib.sha256(key.encode()).hexdigest()} for n, key in enumerate(admin_keys)]
    return made | {"admin": {"keys": keys}}


@pytest.fixture
def operated(provider, tmp_path):
    """A gateway with an operators' surface. It may have been ended by the test."""
    gateway = Gateway(tmp_path / "gateway", whole(provider, workers=2))
    yield gateway
    gateway.stop()


@pytest.fixture
def explain(provider, tmp_path):
    """`explain(request, *arguments)`: exit code, standard output, standard error."""
    (tmp_path / "gateway.json").write_text(json.dumps(whole(provider)))

    def explain(request, *arguments, key=KEY):
        (tmp_path / "request").write_text(request)
        command = [binary(), "explain", "--config", tmp_path / "gateway.json", "--request", tmp_path / "request"]
        environment = os.environ | {"E2E_PROVIDER_KEY": "sk-provider-secret-91c2", "CALLER_KEY": key}
        done = subprocess.run(
            [*command, "--key-env", "CALLER_KEY", *arguments], capture_output=True, text=True, env=environment)
        return done.returncode, done.stdout, done.stderr

    return explain


def chat(*texts, model="mapped", **fields):
    messages = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]
    return json.dumps({"model": model, "messages": messages, **fields})


def ask(gateway, question):
    """The answer of POST /admin/explain."""
    answer = admin(gateway, post(json.dumps(question).encode(), "/admin/explain", key=ADMIN_KEY))
    assert answer.status == 200, answer.body
    return answer.json()


def admin(gateway, request):
    return once(gateway.address("operators"), request)


def verdicts(told):
    return {policy["name"]: policy["verdict"] for policy in told["policies"]}


def test_the_command_tells_people_what_becomes_of_a_request(explain, provider):
    code, text, errors = explain(chat("one", "two", "three"))
    assert (code, errors) == (0, "")
    assert text.replace(provider.base_url, "BASE") == PASSED


def test_the_command_tells_programs_and_by_its_exit_code(explain):
    code, text, _ = explain(chat("one", "two", "three"), "--json")
    told = json.loads(text)
    assert code == 0 and told["verdict"] == "passed" and told["refusal"] is None
    assert verdicts(told) == {
        "auth": "passed", "minute": "passed", "free": "not_matched", "concurrency": "passed", "budget": "passed",
        "size": "passed", "words": "passed", "watch": "passed", "trim_history": "changed"}
    sent = told["model"]["targets"][0]["request"]
    assert sent["headers"]["authorization"] == "***" and "sk-" not in text
    assert sent["body"] == json.loads(chat("one", "two", "three", model="real-model-2026")) | {
        "messages": json.loads(chat("one", "two", "three"))["messages"][1:]}

    code, text, _ = explain(chat("forbidden weather"), "--json")
    told = json.loads(text)
    assert code == 3 and told["verdict"] == "refused"
    assert verdicts(told)["words"] == "refused" and verdicts(told)["watch"] == "would_refuse"
    assert [policy["name"] for policy in told["policies"] if not policy["reached"]] == ["watch", "trim_history"]
    assert told["refusal"]["status"] == 400 and told["refusal"]["headers"]["x-policy"] == "words"
    assert told["refusal"]["body"]["error"]["message"] == "not here"

    code, text, _ = explain(chat("hi"), "--json", key="sk-nobody")
    assert code == 3 and json.loads(text)["refusal"]["body"]["error"]["code"] == "invalid_api_key"


def test_what_cannot_be_explained_is_told_apart(explain):
    for arguments in (["--listener", "nowhere"], ["--verbose"], ["--key-id", "nobody"], ["--key-env", "NOT_SET_ANYWHERE"],
                      ["--client-address", "10.0.0.300"], ["--client-address", "[::1]"],
                      ["--config", "/nonexistent.json"], ["--request", "/nonexistent"]):
        code, text, errors = explain(chat("hi"), *arguments)
        assert code == 2 and text == "" and errors, arguments
    assert explain("no request")[0] == 2


def test_the_command_says_what_the_gateway_does(explain, operated, label):
    """The refusals of the command are those of a gateway of the same configuration, byte for byte."""
    for body in (chat("hi", n=3), chat("forbidden"), chat("hi", model="unknown"), "{", chat("hi", max_tokens=20_000)):
        told = json.loads(explain(body, "--json")[1])["refusal"]
        answer = once(operated.address(), post(body.encode()))
        assert (told["status"], told["body"]) == (answer.status, answer.json())
        assert told["headers"].get("x-policy") == answer["x-policy"]


def test_a_running_gateway_explains_by_its_counters_and_keeps_none(operated):
    question = {"body": json.loads(chat("hi", model="echo", client_id="c1")), "key_id": "tester"}

    def counters(told):
        return {(policy["name"], counter["unit"]): counter["used"]
                for policy in told["policies"] for counter in policy["counters"]}

    assert once(operated.address(), post(chat_body("echo", "hi", client_id="c1"))).status == 200
    until(lambda: counters(ask(operated, question))["concurrency", "requests under way"] == 0)
    before = counters(ask(operated, question))
    assert before["minute", "requests"] == 1 and before["budget", "tokens"] > 0
    request = post(json.dumps(question).encode(), "/admin/explain", key=ADMIN_KEY)
    with Wire(operated.address("operators")) as wire:
        for _ in range(200):
            assert wire.exchange(request).status == 200
    assert counters(ask(operated, question)) == before

    for _ in range(2):
        assert once(operated.address(), post(chat_body("echo", "hi"))).status == 200
    refused = ask(operated, question)["refusal"]
    answer = once(operated.address(), post(chat_body("echo", "hi")))
    assert answer.status == refused["status"] == 429
    assert refused["headers"]["x-policy"] == answer["x-policy"] == "minute"


def test_a_provider_gets_what_is_told(provider, tmp_path, label):
    """The request to the provider is the explained one, byte for byte, whatever policies make of it."""
    gateway = Gateway(tmp_path / "gateway", whole(provider, policies=[
        {"kind": "rewrite", "set": {"user": "{user}@{team}"}, "system": {"prepend": "Be brief."}},
        {"kind": "headers", "forward": ["x-session"], "request": {"set": {"x-model": "{model}"}, "remove": ["tracestate"]}},
        {"kind": "trim_history", "max_messages": 3, "keep_last": 1},
    ]))
    body = chat("one", "two", "three", x_provider={"id": label}, stream=True)
    fields = {"x-session": "s 1", "tracestate": "a=b", "x-request-id": "explained"}
    told = ask(gateway, {"body": body, "headers": fields, "key_id": "tester"})
    assert verdicts(told) == {"auth": "passed", "rewrite": "changed", "trim_history": "changed", "headers": "changed"}
    headers = [f"{name}: {value}" for name, value in fields.items()]
    assert once(gateway.address(), post(body.encode(), headers=headers)).status == 200
    got, sent = provider.call(label), told["model"]["targets"][0]["request"]
    assert json.loads(got["body"]) == sent["body"] and "Be brief." in got["body"].decode()
    received = {name.lower(): value for name, value in got["headers"]}
    assert sent["headers"].pop("authorization") == "***"
    assert sent["headers"].items() <= received.items()
    assert (received["x-session"], received["x-model"]) == ("s 1", "mapped") and "tracestate" not in received
    gateway.stop()


def test_kept_answers_are_told_and_forgotten(provider, tmp_path):
    gateway = Gateway(tmp_path / "gateway", whole(provider, workers=2, policies=[{"kind": "cache"}]))

    def facts(model, text="hi"):
        told = ask(gateway, {"body": json.loads(chat_body(model, text)), "key_id": "tester"})
        return next(policy["facts"] for policy in told["policies"] if policy["kind"] == "cache")

    def asked(model, text="hi"):
        answer = once(gateway.address(), post(chat_body(model, text)))
        assert answer.status == 200
        return answer["x-cache"]

    def forget(query=""):
        return admin(gateway, get(f"/admin/cache{query}", method="DELETE", key=ADMIN_KEY))

    before = facts("echo")
    assert (before["shared"], before["entry"], before["would_serve"]) == ("yes", "none", "no")
    assert "age_ms" not in before and len(before["key"]) == 64
    assert asked("echo") == "miss", "an explanation has nothing made"
    until(lambda: facts("echo")["entry"] == "whole")
    kept = facts("echo")
    assert kept["key"] == before["key"] and kept["would_serve"] == "yes" and 0 <= kept["age_ms"] < 60_000
    assert asked("echo") == "hit"

    for query, param in (("?modle=echo", "modle"), ("?key=12", "key")):
        answer = forget(query)
        assert answer.status == 400 and answer.error["param"] == param
    assert forget(f"?key={'0' * 64}").json() == forget("?model=mapped").json() == {"removed": 0}
    assert asked("echo") == "hit"
    assert forget(f"?key={before['key']}").json() == {"removed": 1}
    assert facts("echo")["entry"] == "none" and asked("echo") == "miss"

    assert asked("echo-whole") == asked("echo", "again") == "miss"
    assert forget("?model=echo").json() == {"removed": 2}
    assert asked("echo-whole") == "hit"
    assert forget().json() == {"removed": 1}
    assert asked("echo-whole") == "miss"
    assert admin(gateway, get("/admin/cache", key=ADMIN_KEY)).status == 405
    assert admin(gateway, get("/admin/cache", method="DELETE", key=KEY)).status == 403
    gateway.stop()


def test_only_operators_are_served(operated):
    for key, status in ((None, 401), ("sk-wrong-operator", 401), (KEY, 403), (ADMIN_KEY, 200)):
        answer = admin(operated, get("/admin/config", key=key))
        assert answer.status == status
        assert status == 200 or answer.error["message"]
    assert once(operated.address(), get("/admin/config", key=ADMIN_KEY)).status == 404, "not on the clients' listener"


def test_without_keys_programs_of_the_machine_are_served_and_web_pages_are_not(provider, tmp_path):
    gateway = Gateway(tmp_path / "gateway", whole(provider, admin_keys=()))
    host, port = gateway.address("operators")
    local = f"GET /admin/config HTTP/1.1\r\nhost: {host}:{port}\r\n"
    assert admin(gateway, f"{local}\r\n".encode()).status == 200
    assert admin(gateway, f"{local}origin: https://page.example\r\n\r\n".encode()).status == 403
    assert admin(gateway, get("/admin/config", key=None)).status == 403, "by a name that leads here"
    gateway.stop()


def test_the_effective_configuration_has_defaults_and_no_secrets(operated):
    answer = admin(operated, get("/admin/config", key=ADMIN_KEY))
    told = answer.json()
    assert told["workers"] == 2 and told["bounds"]["max_body_bytes"]
    assert told["keys"][0]["sha256"] == told["admin"]["keys"][0]["sha256"] == "***"
    assert told["upstreams"]["fake"]["api_key"] == {"env": "E2E_PROVIDER_KEY"}
    assert b"sk-provider" not in answer.body


def test_a_reload_takes_effect_or_tells_every_mistake(operated):
    made = json.loads(operated.file.read_text())
    made["models"].append({"name": "fresh", "targets": [{"upstream": "echo"}]})
    operated.file.write_text(json.dumps(made))
    answer = admin(operated, post(b"", "/admin/reload", key=ADMIN_KEY))
    assert answer.status == 200 and answer.json()["status"] == "reloaded"
    known, = answer.json()["warnings"]
    assert known == f"{operated.file}:1:{known.split(':')[2]}: policies[2].match.models[0]: fits no name or alias of a model"
    until(lambda: once(operated.address(), get("/v1/models/fresh")).status == 200)

    idle = {"kind": "headers", "match": {"models": ["nobody"]}, "response": {"set": {"x-idle": "yes"}}}
    operated.file.write_text(json.dumps(made | {"workers": 3, "policies": made["policies"] + [idle]}))
    for _ in range(2):
        answer = admin(operated, post(b"", "/admin/reload", key=ADMIN_KEY))
        late, *doubts = answer.json()["warnings"]
        assert answer.status == 200 and late == "workers changed: this takes effect at the next start only"
        assert len(doubts) == 2 and f"policies[{len(made['policies'])}].match.models[0]: fits no name" in doubts[1]
    until(lambda: doubts[1] in operated.stderr.text, what="the warning in the log")
    assert operated.stderr.text.count(doubts[1]) == operated.stderr.text.count(late) == 1, "it is not logged again"

    operated.file.write_text(json.dumps(made | {"workers": -1, "bounds": {"max_body_bytes": "many"}}))
    answer = admin(operated, post(b"", "/admin/reload", key=ADMIN_KEY))
    assert answer.status == 400 and answer.error["code"] == "invalid_configuration"
    mistakes = answer.json()["mistakes"]
    assert len(mistakes) == 2 and "workers" in "".join(mistakes) and "max_body_bytes" in "".join(mistakes)
    assert once(operated.address(), get("/v1/models/fresh")).status == 200, "the old one stays"


def test_a_drain_ends_the_process_in_good_order(operated):
    with Wire(operated.address("operators")) as wire:
        answer = wire.exchange(post(b"", "/admin/drain", key=ADMIN_KEY))
        assert answer.status == 202 and answer.json() == {"status": "draining"}
    assert operated.wait() == 0


def test_a_client_is_told_its_quota(operated):
    assert once(operated.address(), get("/v1/client/info?client_id=c9")).status == 404
    used = 0
    for text in ("one two three", "four"):
        answer = once(operated.address(), post(chat_body("echo", text, client_id="c9")))
        used += answer.json()["usage"]["total_tokens"]
    until(lambda: once(operated.address(), get("/v1/client/info?client_id=c9")).json() == {
        "client_id": "c9", "quota_used": used, "max_quota": 5_000})
    assert once(operated.address(), get("/v1/client/info?client_id=c9", key=None)).status == 401
    assert once(operated.address(), get("/v1/client/info")).error["param"] == "client_id"
