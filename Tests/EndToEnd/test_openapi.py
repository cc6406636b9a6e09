"""The description of the API: it is one, its examples fit, and what the gateway answers is what it says."""

import http.client
import json
import uuid

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from configuration import openai
from dialects import dialects

LISTENERS = [{"name": "public", "address": "127.0.0.1:0"},
             {"name": "operators", "address": "127.0.0.1:0", "serves": ["metrics", "health", "admin"]}]


@pytest.fixture(scope="module")
def described(gateway_with, provider):
    forms = dialects("echo") | {"openai": {"files_upstream": "fake"}}
    able = {"able": openai(provider.base_url, responses=True)}
    return gateway_with(require_key=False, upstreams=able, root={"listeners": LISTENERS, "dialects": forms})


@pytest.fixture(scope="module")
def description(described):
    return json.loads(described.get("/openapi.json", "public"))


class Schemas:
    """Checks values against schemas of the description."""

    def __init__(self, description):
        self.registry = Registry().with_resource("urn:api", Resource(description, DRAFT202012))

    def check(self, value, schema, what):
        schema = json.loads(json.dumps(schema).replace('"#/', '"urn:api#/'))
        errors = list(Draft202012Validator(schema, registry=self.registry).iter_errors(value))
        assert not errors, f"{what}: {errors[0].json_path} {errors[0].message}"


def resolve(description, value):
    while "$ref" in value:
        path, value = value["$ref"][2:].split("/"), description
        for name in path:
            value = value[name]
    return value


def operations(description):
    return [(path, method, operation) for path, item in description["paths"].items()
            for method, operation in item.items()]


def media(description):
    """Every media type of a request or a response, with where it is."""
    for path, method, operation in operations(description):
        contents = {"body": operation.get("requestBody", {}).get("content", {})}
        for status, response in operation["responses"].items():
            contents[status] = resolve(description, response).get("content", {})
        for place, content in contents.items():
            for kind, value in content.items():
                yield f"{method} {path} {place} {kind}", kind, value


def test_the_description_is_valid(description):
    assert description["openapi"].startswith("3.1.")
    validate(description)


def test_every_example_fits_its_schema(description):
    schemas = Schemas(description)
    checked = 0
    for where, _, value in media(description):
        for name, example in value.get("examples", {}).items():
            schemas.check(example["value"], value["schema"], f"{where} {name}")
            checked += 1
    assert checked > 30


def test_every_operation_is_told_apart_and_explained(description):
    named = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(set(named)) == len(named)
    tags = {tag["name"] for tag in description["tags"]}
    for path, _, operation in operations(description):
        assert operation["summary"] and set(operation["tags"]) <= tags and "default" in operation["responses"], path
        given = {resolve(description, parameter)["name"] for parameter in operation.get("parameters", [])
                 if resolve(description, parameter)["in"] == "path"}
        assert given == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path


def send(gateway, listener, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(*gateway.address(listener), timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


# What is no use to call here: it ends the process, or waits for what is not there.
UNCALLED = {"drain", "getTaskStatus", "getTaskResults", "cancelTask", "getAsset", "openSocket", "deleteAgent"}


def calls(description, served):
    """A call of each operation with each of its examples, and some with a body that is none."""
    for path, method, operation in operations(description):
        if operation["operationId"] in UNCALLED or path not in served:
            continue
        query = []
        for parameter in (resolve(description, each) for each in operation.get("parameters", [])):
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example", uuid.uuid4())))
            elif parameter["in"] == "query" and parameter.get("required"):
                query.append(f"{parameter['name']}={parameter['example']}")
        listener = "operators" if "Operators" in operation["tags"] else "public"
        target = path + ("?" + "&".join(query) if query else "")
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        bodies = [None]
        if content:
            # Tasks and agents have tests of their own.
            bodies = [json.dumps(example["value"]) for name, example in content["examples"].items()
                      if name not in ("task", "agent")]
            bodies += ["{", "[]", "{}"]
        for body in bodies:
            yield operation, listener, method.upper(), target, body


def test_what_is_answered_is_what_is_described(described, description):
    schemas = Schemas(description)
    seen, called = set(), set()
    served = [path for listener in ("public", "operators")
              for path in json.loads(described.get("/", listener))["endpoints"]]
    for operation, listener, method, target, body in calls(description, served):
        answer = send(described, listener, method, target, body)
        where = f"{method} {target} {body} {answer.status}"
        assert answer.status < 500, where
        responses = operation["responses"]
        told = responses.get(str(answer.status)) or responses.get(f"{answer.status // 100}XX")
        assert told, where
        response = resolve(description, told)
        kind = answer.headers["content-type"].split(";")[0]
        assert kind in response["content"], f"{where} {kind}"
        for name in answer.headers:
            if name.lower().startswith("x-") and name.lower() != "x-content-type-options":
                assert name.lower() in description["components"]["headers"], f"{where} {name}"
        if kind == "application/json":
            schemas.check(json.loads(answer.body), response["content"][kind]["schema"], where)
        seen.add((operation["operationId"], answer.status // 100))
        called.add(operation["operationId"])
    assert len(called) > 20
    # All of them are called with success except for a stream, a client, a request and a task that nobody has made, for
    # what takes forms, and for changes of keys: there is no file for them.
    forms = {"editImage", "varyImage", "createTranscription", "createTranslation"}
    assert called - {name for name, kind in seen if kind == 2} == {
        "resumeChatCompletion", "getClientInfo", "cancelRequest", "cancelAnyTask", "makeKey", "rotateKey", "revokeKey"} | forms


def test_a_reload_with_mistakes_is_answered_as_described(description, start):
    gateway = start(root={"listeners": LISTENERS})
    gateway.file.write_text('{"workers": "many"}')
    answer = send(gateway, "operators", "POST", "/admin/reload")
    assert answer.status == 400
    Schemas(description).check(json.loads(answer.body), {"$ref": "#/components/schemas/Mistakes"}, "mistakes")
