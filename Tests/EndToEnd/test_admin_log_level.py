"""The log level, as operators ask for it and change it."""

import hashlib
import json

import pytest

from harness import until
from operators import LISTENERS, Operators

READING = "reading the configuration"


@pytest.fixture
def operators(start):
    return Operators(start(root={"listeners": LISTENERS}, workers=2))


def set_level(operators, level):
    return operators.call("/admin/log-level", "PUT", json.dumps({"level": level}))


def reload(operators):
    """The lines that a reload, and nothing else, has logged."""
    begun = len(operators.gateway.stderr.lines)
    assert operators.call("/admin/reload", "POST").status == 200
    return until(lambda: [lines for lines in ["\n".join(operators.gateway.stderr.lines[begun:])] if "reloaded" in lines],
                 what="the reload in the log")[0]


def test_debug_lines_come_while_the_level_asks_for_them_whatever_is_reloaded(operators):
    assert operators.read("/admin/log-level") == {"level": "info", "configured": "info"}
    assert READING not in reload(operators)
    answer = set_level(operators, "debug")
    assert answer.status == 200 and answer.json() == {"level": "debug", "configured": "info"}
    assert READING in reload(operators)
    assert READING in reload(operators), "a reload of the same configuration keeps the level"
    assert operators.read("/admin/log-level")["level"] == "debug"
    assert set_level(operators, "info").status == 200
    assert READING not in reload(operators)


def test_a_reload_with_another_level_sets_it(operators):
    assert set_level(operators, "debug").status == 200
    configuration = json.loads(operators.gateway.file.read_text())
    configuration["telemetry"]["log_level"] = "notice"
    operators.gateway.file.write_text(json.dumps(configuration))
    reload(operators)
    until(lambda: operators.read("/admin/log-level") == {"level": "notice", "configured": "notice"}, what="the new level")


@pytest.mark.parametrize("body", ['{"level":"loud"}', '{"level":3}', "{}", "[]"])
def test_a_level_that_is_none_is_refused(operators, body):
    answer = operators.call("/admin/log-level", "PUT", body)
    error = answer.json()["error"]
    assert answer.status == 400 and error["param"] == "level" and "'trace', 'debug', 'info'" in error["message"]
    assert operators.read("/admin/log-level")["level"] == "info"


def test_who_is_no_operator_changes_nothing(start):
    admin = {"keys": [{"id": "root", "sha256": hashlib.sha256(b"sk-root").hexdigest()}]}
    operators = Operators(start(root={"listeners": LISTENERS, "admin": admin}))
    assert set_level(operators, "debug").status == 401
    assert operators.call("/admin/upstreams").status == 401


def changes(operators):
    """What the log tells of changes of its level."""
    return [line.split("the log level was set ")[1] for line in operators.gateway.stderr.lines if "level was set" in line]


def test_whoever_sets_the_level_is_told_in_the_log_whatever_the_level(start):
    admin = {"keys": [{"id": "root", "sha256": hashlib.sha256(b"sk-root").hexdigest()}]}
    operators = Operators(start(root={"listeners": LISTENERS, "admin": admin}))
    told = []
    for old, new in (("info", "critical"), ("critical", "error"), ("error", "error")):
        headers = {"authorization": "Bearer sk-root", "x-request-id": f"by-night-{len(told)}"}
        answer = operators.call("/admin/log-level", "PUT", json.dumps({"level": new}), headers)
        assert answer.status == 200
        told.append(f"from={old} operator=root request_id=by-night-{len(told)} to={new}")
        until(lambda: changes(operators) == told, what="the change in the log")
    assert set_level(operators, "debug").status == 401 and changes(operators) == told


def test_a_level_that_a_reload_brings_is_told_with_the_file(operators):
    configuration = json.loads(operators.gateway.file.read_text())
    configuration["telemetry"]["log_level"] = "critical"
    operators.gateway.file.write_text(json.dumps(configuration))
    assert operators.call("/admin/reload", "POST").status == 200
    told = [f"config={operators.gateway.file} from=info to=critical"]
    until(lambda: changes(operators) == told, what="the change in the log")
