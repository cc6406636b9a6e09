"""The openai client of one version, in a process of its own."""

import json
import subprocess

from configuration import KEY
from harness import HERE, ROOT


class Result(dict):
    """What one command of clients/openai_driver.py gave."""

    @property
    def chunks(self):
        self.assert_ok()
        return self["chunks"]

    @property
    def completion(self):
        self.assert_ok()
        return self["completion"]

    @property
    def answer(self):
        self.assert_ok()
        return self["answer"]

    @property
    def message(self):
        return self.completion["choices"][0]["message"]

    @property
    def error(self):
        assert "error" in self, f"the client took this for a success: {str(dict(self))[:2_000]}"
        return self["error"]

    def assert_ok(self):
        assert "error" not in self, self["error"]

    def text(self, index=0):
        """The content of a stream, also of one that broke: everything before the error."""
        deltas = [c["delta"] for chunk in self["chunks"] for c in chunk["choices"] if c["index"] == index]
        return "".join(delta.get("content") or "" for delta in deltas)


class OpenAIClient:
    def __init__(self, environment):
        python = ROOT / ".cache" / environment / "bin" / "python"
        assert python.exists(), f"{python} is missing: run Tests/EndToEnd/setup"
        command = [python, HERE / "clients" / "openai_driver.py"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.read()["version"]

    def read(self):
        line = self.process.stdout.readline()
        assert line, "the openai client's process ended"
        return json.loads(line)

    def run(self, call, client, **command):
        self.process.stdin.write(json.dumps({"call": call, "client": client, **command}) + "\n")
        self.process.stdin.flush()
        return Result(self.read())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Endpoint:
    """A version of the client pointed at a listener: what most tests use."""

    def __init__(self, client, base_url, certificate=None, key=KEY):
        self.client = client
        self.options = {"base_url": base_url, "api_key": key}
        if certificate:
            self.options["certificate"] = str(certificate)

    def chat(self, model, content="hello there", options=None, stop_after=None, provider=None, **arguments):
        """`provider` becomes the `x_provider` field: it tells the fake provider how to answer."""
        if provider is not None:
            arguments["extra_body"] = {**arguments.get("extra_body", {}), "x_provider": provider}
        arguments = {"model": model, "messages": [{"role": "user", "content": content}], **arguments}
        command = {"arguments": arguments} | ({"stop_after": stop_after} if stop_after else {})
        return self.client.run("chat", self.options | (options or {}), **command)

    def raw(self, model, content="hello there", **arguments):
        arguments = {"model": model, "messages": [{"role": "user", "content": content}], **arguments}
        return self.client.run("raw", self.options, arguments=arguments)

    def create(self, path, provider=None, **arguments):
        """Any other call, by its path in the client: `create("embeddings.create", model=…)`."""
        if provider is not None:
            arguments["extra_body"] = {**arguments.get("extra_body", {}), "x_provider": provider}
        return self.client.run("create", self.options, path=path, arguments=arguments)

    def respond(self, model="fake", asked="hello there", call="respond", provider=None, command=None, **arguments):
        """A call of `responses`; `call`: how its stream is read, see clients/openai_driver.py."""
        if provider is not None:
            arguments["extra_body"] = {**arguments.get("extra_body", {}), "x_provider": provider}
        arguments = {"model": model, "input": asked, **arguments}
        return self.client.run(call, self.options, arguments=arguments, **(command or {}))

    def download(self, path, **arguments):
        """A call whose answer is a file, such as `audio.speech.create`: its length and digest."""
        return self.client.run("download", self.options, path=path, arguments=arguments)

    def models(self):
        return self.client.run("models", self.options)

    def model(self, name):
        return self.client.run("model", self.options, arguments={"model": name})
