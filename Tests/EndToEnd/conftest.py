"""What the tests share: one gateway, one provider and one client of each version for the whole run."""

import itertools
import json

import pytest

from browser import Browser
from configuration import configuration
from harness import Gateway, Provider
from nginx import Front
from openai_client import Endpoint, OpenAIClient
from sharing import SharingReplicas
from tool_server import ToolServer
from wire import Wire

LABELS = itertools.count(1)


@pytest.fixture(scope="session")
def provider():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def primary():
    """Another fake provider, of the test's own."""
    primary = Provider()
    yield primary
    primary.stop()


@pytest.fixture
def front(provider, tmp_path):
    """nginx in front of the provider, which speaks TLS and HTTP/2."""
    (tmp_path / "front").mkdir()
    front = Front(tmp_path / "front", provider.port)
    yield front
    front.stop()


@pytest.fixture
def service():
    """A service that agents' tools call."""
    service = ToolServer()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def shared_service():
    """The same for a file of tests that ask it for nothing of its own."""
    service = ToolServer()
    yield service
    service.stop()


@pytest.fixture(scope="session")
def shared_gateway(provider, tmp_path_factory):
    gateway = Gateway(tmp_path_factory.mktemp("gateway"), configuration(provider.base_url))
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(shared_gateway):
    """The gateway of the whole run. A test that ends it has failed."""
    shared_gateway.assert_healthy()
    yield shared_gateway
    shared_gateway.assert_healthy()


@pytest.fixture
def start(provider, tmp_path):
    """Starts a gateway of the test's own: `start(bounds=…, workers=…)`; see configuration.py."""
    started = []

    def start(**options):
        made = Gateway(tmp_path / f"gateway-{len(started)}", configuration(provider.base_url, **options))
        started.append(made)
        return made

    yield start
    for made in started:
        made.stop()


@pytest.fixture
def replicas(start, tmp_path):
    """Gateways of the test's own that share a Redis of its own: `replicas.start(4, policies=…)`."""
    made = SharingReplicas(start, tmp_path)
    yield made
    made.stop()


@pytest.fixture
def replicas_on(start, tmp_path):
    """The same on a store of another kind: `replicas_on(SentinelGroup).start(2, …)`."""
    made = []

    def make(kind):
        made.append(SharingReplicas(start, tmp_path, kind))
        return made[0]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def servers(tmp_path):
    """Starts servers that end with the test: `servers(Kind, …)`."""
    started = []

    def begin(kind, *arguments):
        started.append(kind(tmp_path / f"redis-{len(started)}", *arguments))
        return started[-1]

    yield begin
    for server in started:
        server.kill()


@pytest.fixture(scope="module")
def gateway_with(provider, tmp_path_factory):
    """Gateways by what differs in their configuration, each started once for a file of tests."""
    started = {}

    def gateway_with(**options):
        key = json.dumps(options)
        if key not in started:
            started[key] = Gateway(tmp_path_factory.mktemp("gateway"), configuration(provider.base_url, **options))
        return started[key]

    yield gateway_with
    for made in started.values():
        made.stop()


@pytest.fixture
def wire(gateway):
    """A fresh plain connection to the shared gateway."""
    with Wire(gateway.address()) as wire:
        yield wire


@pytest.fixture
def label():
    """A name for this test's call at the provider."""
    return f"call-{next(LABELS)}"


@pytest.fixture(scope="session", params=["venv-openai3", "venv-openai1"])
def openai_client(request):
    client = OpenAIClient(request.param)
    yield client
    client.stop()


@pytest.fixture
def endpoint(openai_client, gateway):
    """The openai client over plain HTTP."""
    return Endpoint(openai_client, gateway.urls["public"] + "/v1")


@pytest.fixture(params=["http", "https"])
def either_endpoint(request, openai_client, gateway):
    """The openai client over plain HTTP and over TLS."""
    if request.param == "http":
        return Endpoint(openai_client, gateway.urls["public"] + "/v1")
    return Endpoint(openai_client, gateway.urls["secure"] + "/v1", gateway.certificate)


@pytest.fixture(scope="module")
def chromium():
    """Ends with its file of tests: its driver keeps an event loop running, which others could not start then."""
    browser = Browser()
    yield browser
    browser.stop()


@pytest.fixture
def browser(chromium):
    """A browser whose pages are closed after the test."""
    yield chromium
    chromium.close_pages()
