"""The configurations that the files for containers carry."""

import json
import os
import subprocess

import pytest

from harness import ROOT, binary


def document(file):
    """The JSON object that a YAML file holds as a block of text: from its first line to the one that closes it."""
    lines = (ROOT / "ops" / file).read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip() == "{")
    last = lines.index(lines[first].replace("{", "}"), first)
    return json.loads("\n".join(lines[first : last + 1]))


@pytest.mark.parametrize("file", ["k8s/config.yaml", "compose.yaml"])
def test_the_configuration_is_one_that_the_gateway_takes(file, tmp_path):
    configuration = document(file)
    if "keys_file" in configuration:
        configuration["keys_file"] = str(tmp_path / "keys.json")
        (tmp_path / "keys.json").write_text('{"keys": []}')
    (tmp_path / "gateway.json").write_text(json.dumps(configuration))
    checked = subprocess.run(
        [binary(), "check", "--config", tmp_path / "gateway.json"], capture_output=True, text=True, timeout=20,
        env=os.environ | {"REDIS_PASSWORD": "secret", "PROVIDER_KEY": "sk-test"})
    assert checked.returncode == 0, checked.stdout + checked.stderr
