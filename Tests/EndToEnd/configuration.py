"""The configuration that the tests give to the gateway: an echo model, a fake provider, one key."""

import hashlib

KEY = "sk-e2e-3f9a7c1d5b8e2046-tail"
PROVIDER_KEY = "sk-provider-secret-91c2"

# Short enough for a test to wait for, long enough that a busy machine does not meet them by chance.
BOUNDS = {
    "max_header_bytes": 16_384,
    "max_body_bytes": 4_194_304,
    "max_json_depth": 32,
    "header_timeout_ms": 1_500,
    "body_timeout_ms": 1_500,
    "keep_alive_timeout_ms": 30_000,
    "write_stall_timeout_ms": 60_000,
    "keep_alive_comment_ms": 15_000,
    "drain_timeout_ms": 4_000,
}
TIMEOUTS = {"connect_ms": 2_000, "first_event_ms": 30_000, "idle_ms": 30_000, "total_ms": 300_000}

# The timeouts of the model `hasty`: for the tests of silent providers.
HASTY = {"connect_ms": 1_000, "first_event_ms": 600, "idle_ms": 600, "total_ms": 2_500}

SCRIPT = [{"match": "weather", "reply": "It is sunny."}, {"match": "", "reply": "What?"}]


def echo(**fields):
    return {"kind": "echo", "chunk": "word", "first_event_ms": 0, "gap_ms": 0, **fields}


# One call per request and no memory of failures: what most tests count on.
PLAIN = {"retry": {"attempts": 1}, "breaker": {"failures": 0, "cooldown_ms": 0}}


def openai(base_url, **fields):
    key = {} if "api_keys" in fields else {"api_key": {"env": "E2E_PROVIDER_KEY"}}
    return {"kind": "openai", "base_url": base_url, "timeouts": TIMEOUTS, **PLAIN, **key, **fields}


def model(name, upstream, target=None):
    """A model of one target; without a target name the provider gets the model's own."""
    return {"name": name, "targets": [{"upstream": upstream, **({"model": target} if target else {})}]}


def configuration(provider_url, *, bounds=None, workers=1, require_key=True, upstreams=None, models=None, tls=None,
                  policies=None, root=None):
    """A whole configuration. Listeners take free ports; the gateway prints which. `root`: further members of it."""
    certificates = [{"certificate_file": "certs/server.pem", "key_file": "certs/server.key"}]
    secure = {"certificates": certificates, "min_version": "1.2", "self_signed_for": ["localhost", "127.0.0.1"]}
    key = {"id": "tester", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "user": "tess", "team": "qa",
           "models": ["*"], "expires": "2099-01-01T00:00:00Z"}
    auth = {"kind": "auth", "require": "key", "except": ["/health", "/v1/health", "/ready", "/metrics"]}
    return {
        "listeners": [
            {"name": "public", "address": "127.0.0.1:0"},
            {"name": "secure", "address": "127.0.0.1:0", "tls": secure | (tls or {})},
            {"name": "operators", "address": "127.0.0.1:0", "serves": ["metrics", "health"]},
        ],
        "workers": workers,
        "bounds": BOUNDS | (bounds or {}),
        "upstreams": {
            "fake": openai(provider_url),
            "hasty": openai(provider_url, timeouts=HASTY),
            "nowhere": openai("http://127.0.0.1:9/v1"),
            "echo": echo(),
            "echo-character": echo(chunk="char"),
            "echo-whole": echo(chunk="whole"),
            "echo-slow": echo(gap_ms=40),
            "echo-late": echo(first_event_ms=400),
            "echo-failing": echo(fail_after=2),
            "echo-refusing": echo(status=429),
            "echo-script": echo(script=SCRIPT),
            **(upstreams or {}),
        },
        "models": [
            model("fake", "fake", "fake"),
            model("mapped", "fake", "real-model-2026"),
            model("hasty", "hasty", "hasty"),
            model("nowhere", "nowhere", "nowhere"),
            *(model(name, name) for name in ("echo", "echo-character", "echo-whole", "echo-slow", "echo-late")),
            *(model(name, name) for name in ("echo-failing", "echo-refusing", "echo-script")),
            *(models or []),
        ],
        "keys": [key],
        "policies": ([auth] if require_key else []) + (policies or []),
        "telemetry": {"access_log": "stdout", "log_level": "info"},
        **(root or {}),
    }
