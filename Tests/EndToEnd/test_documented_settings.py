"""The pages of docs/ that tell of settings: their examples are sound, and no setting of a policy is left out."""

import functools
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from certificates import self_signed
from harness import binary

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = [page for page in sorted([*DOCS.glob("*.md"), *DOCS.glob("policies/*.md")]) if page.name != "configuration.md"]
KINDS = ["auth", "budget", "cache", "concurrency", "guard", "headers", "pace", "rate_limit", "rewrite", "trim_history",
         "validate"]
# A block between fences, or one that is indented by four spaces.
BLOCK = re.compile(r"^```json\n([^`]*)^```$|(?<=\n\n)((?:    .*\n)+)", re.M)
SECRETS = {"OPENAI_API_KEY": "sk-" + "x" * 40}


def blocks():
    for page in PAGES:
        for number, text in enumerate(objects(page.read_text())):
            yield pytest.param(text, id=f"{page.stem}-{number}")


def objects(page):
    """The blocks of a page that begin as an object does."""
    return [text for fenced, indented in BLOCK.findall(page) if (text := fenced or indented).lstrip().startswith("{")]


@functools.cache
def schema():
    made = subprocess.run([binary(), "schema"], capture_output=True, text=True, check=True)
    return json.loads(made.stdout)


def policy_schema(kind):
    kinds = schema()["properties"]["policies"]["items"]["oneOf"]
    return next(each for each in kinds if each["properties"]["kind"]["const"] == kind)["properties"]


@pytest.fixture(scope="module")
def check(tmp_path_factory):
    """`check(example)`: what `sluice check` says of an example within a configuration that has what it names."""
    folder = tmp_path_factory.mktemp("documented")
    certificate, key = self_signed(folder / "certs", "gateway.test")
    tls = {"certificates": [{"certificate_file": str(certificate), "key_file": str(key)}],
           "client_ca_file": str(certificate), "client_certificate": "optional"}
    local = {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"}
    base = {
        "listeners": [{"name": "public", "address": "127.0.0.1:8443", "tls": tls}],
        "upstreams": {"echo": {"kind": "echo"}} | {name: local for name in ("openai", "azure", "local", "eu", "us")},
        "models": [{"name": "echo", "targets": [{"upstream": "echo"}]},
                   {"name": "gpt-4o", "targets": [{"upstream": "openai"}], "price": {
                       "input_per_million_usd": 1, "output_per_million_usd": 2}},
                   *({"name": name, "targets": [{"upstream": "local"}]} for name in ("claude", "gpt-4o-mini", "unfiltered"))],
        "policies": [{"kind": "auth", "require": "open", "allow_open": True}],
    }
    (folder / "keys.json").write_text(
        json.dumps({"keys": [{"id": "alice", "sha256": "0" * 64, "user": "alice", "team": "research"}]}))

    def check(example):
        file = folder / "gateway.json"
        file.write_text(json.dumps(within(base, example), indent=2))
        return subprocess.run([binary(), "check", "--config", file], capture_output=True, text=True,
                              env=os.environ | SECRETS)

    return check


def within(base, example):
    """The configuration with the example where it belongs; None: it is none of the configuration's."""
    if example.get("kind") in KINDS:
        first = example["kind"] == "auth"
        return base | {"policies": [example] if first else base["policies"] + [example]}
    if "targets" in example:
        return base | {"models": [example, *(each for each in base["models"] if each["name"] != example["name"])]}
    if set(example) == {"price"}:
        return base | {"models": [base["models"][0] | example, *base["models"][1:]]}
    if set(example) <= set(schema()["properties"]):
        merged = {**base, **example}
        merged["upstreams"] = base["upstreams"] | example.get("upstreams", {})
        merged["listeners"] = base["listeners"] + example.get("listeners", [])
        merged["policies"] = base["policies"] + example.get("policies", [])
        named = {each["name"] for each in example.get("models", [])}
        merged["models"] = [each for each in base["models"] if each["name"] not in named] + example.get("models", [])
        return merged
    return None


@pytest.mark.parametrize("text", list(blocks()))
def test_an_example_is_json_and_sound_where_it_is_one_of_settings(check, text):
    example = json.loads(text)
    if within({"policies": [], "models": [{"name": "m"}], "upstreams": {}, "listeners": []}, example):
        told = check(example)
        assert told.returncode == 0, told.stdout + told.stderr


def test_most_of_the_examples_of_policies_are_settings():
    """The pages' form may change; a page whose examples are not found any more is to be noticed."""
    for kind in KINDS:
        page = (DOCS / "policies" / f"{kind}.md").read_text()
        examples = [each for text in objects(page) for each in json.loads(text).get("policies", [json.loads(text)])]
        assert any(each.get("kind") == kind for each in examples), f"{kind}.md shows no {kind}"


def cells(page):
    """The rows of all tables by the settings that their first cells name, without the commas in numbers."""
    rows = {}
    for line in page.splitlines():
        if line.startswith("| `"):
            _, first, rest = line.split("|", 2)
            for name in re.findall(r"`([^`]+)`", first):
                rows.setdefault(name, []).append(rest.replace(",", ""))
    return rows


def settings(fields, prefix=""):
    """All settings by their paths, with their schemas: those inside of objects, and of lists and maps of objects, in the
    place of these."""
    for name, field in fields.items():
        kinds = [kind.get("items", kind) for kind in [field, *field.get("anyOf", [])]]
        kinds += [kind["additionalProperties"] for kind in kinds if isinstance(kind.get("additionalProperties"), dict)]
        deeper = next((kind["properties"] for kind in kinds if "properties" in kind), None)
        if deeper:
            yield from settings(deeper, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_every_setting_of_its_kind_with_its_default(kind):
    page = (DOCS / "policies" / f"{kind}.md").read_text()
    rows = cells(page)
    own = {name: field for name, field in policy_schema(kind).items() if name not in ("kind", "name", "mode", "match")}
    for path, field in settings(own):
        names = [path, path.split(".", 1)[-1], path.rsplit(".", 1)[-1], path.replace(".", "[].")]
        told = [row for name in names for row in rows.get(name, [])]
        assert told, f"{kind}.md has no row for {path}"
        default = field.get("default")
        if isinstance(default, (bool, int, float, str)):
            text = json.dumps(default).strip('"')
            assert any(text in row for row in told), f"{kind}.md: the default of {path} is {text}: {told}"


def test_the_page_of_policies_has_every_criterion_and_every_kind():
    page = (DOCS / "policies.md").read_text()
    rows = cells(page)
    for name in policy_schema("rate_limit")["match"]["properties"]:
        assert name in rows, f"policies.md has no row for match.{name}"
    assert set(policy_schema("auth")["match"]["properties"]) == {"listeners"}
    for kind in KINDS:
        assert f"[`{kind}`](policies/{kind}.md)" in page
