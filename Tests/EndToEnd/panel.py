"""What the tests of panels and tasks share: a `magi` upstream whose coder and reviewers are scripted echo models."""

from configuration import echo, model

REQUEST = "Write add."


def version(number):
    return f"def add(a, b):  # v{number}\n    return a + b"


def answer(number):
    return f"Here is version {number}:\n\n```python\n{version(number)}\n```\n\nRun it."


def verdict(decision, reason):
    return f'{{"decision": "{decision}", "reason": "{reason}"}}'


def script(*entries):
    return [{"match": match, "reply": reply} for match, reply in entries]


# The coder answers to the reviews of each version with the next one.
CODER = script(*((f"Version {number} of", answer(number + 1)) for number in (1, 2, 3, 4)), ("", answer(1)))


def approving_from(number):
    """A reviewer that rejects all versions before this one."""
    rejections = [(f"# v{n}\n", verdict("NEGATIVE", f"no {n}")) for n in range(1, number)]
    return script(*rejections, ("", verdict("POSITIVE", "yes")))


NEVER = approving_from(100)
ALWAYS = approving_from(1)


def panel(melchior=ALWAYS, balthasar=ALWAYS, casper=ALWAYS, coder=CODER, **settings):
    """The options of a gateway that has the model `code`. Scripts, or whole fields of echo upstreams; `settings` are
    those of the panel."""
    parts = {"coder": coder, "melchior": melchior, "balthasar": balthasar, "casper": casper}
    upstreams = {
        name: echo(**(part if isinstance(part, dict) else {"script": part})) for name, part in parts.items()}
    reviewers = [{"name": name, "model": name, "focus": name} for name in ("melchior", "balthasar", "casper")]
    magi = {"kind": "magi", "coder": "coder", "reviewers": reviewers, **settings}
    return {
        "upstreams": upstreams | {"panel": magi},
        "models": [*(model(name, name) for name in parts), model("code", "panel")],
    }
