"""The openai client against an upstream of kind `openai` with the settings of Azure."""

import pytest

from configuration import TIMEOUTS, model
from openai_client import Endpoint


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_deployments_are_called_with_version_and_key(openai_client, start, provider, label, stream):
    azure = {"kind": "openai", "base_url": f"http://127.0.0.1:{provider.port}/openai", "paths": "deployments",
             "api_version": "2024-10-21", "key_header": "api-key", "api_key": {"env": "E2E_PROVIDER_KEY"},
             "timeouts": TIMEOUTS}
    gateway = start(upstreams={"azure": azure}, models=[model("gpt", "azure", "my deployment")])
    result = Endpoint(openai_client, gateway.urls["public"] + "/v1").chat("gpt", provider={"id": label}, stream=stream)
    assert (result.text() if stream else result.message["content"]) == "w0 w1 w2 "
    call = provider.call(label)
    assert call["path"] == "/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21"
    headers = {name.lower(): value for name, value in call["headers"]}
    assert headers["api-key"] == "sk-provider-secret-91c2" and "authorization" not in headers
