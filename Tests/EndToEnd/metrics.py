"""Reads /metrics with the parsers that Prometheus itself ships for Python."""

import time

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from harness import until

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
IN_FLIGHT = ("sluice_requests_in_flight", "sluice_upstream_transfers_in_flight")


def samples(gateway, openmetrics=False):
    """Every sample as (name, labels, value)."""
    text = gateway.get("/metrics", headers={"accept": OPENMETRICS} if openmetrics else None)
    families = parse_openmetrics(text) if openmetrics else parse_text(text)
    return [(sample.name, sample.labels, sample.value) for family in families for sample in family.samples]


def total(gateway, name, **labels):
    """The sum over all series of a name whose labels agree; 0 when there is none."""
    return sum(value for found, theirs, value in samples(gateway) if found == name and labels.items() <= theirs.items())


def decisions(gateway, auth=False):
    """How often each policy decided what: (policy, kind, verdict, mode) → count; with `auth` also who may call."""
    found = {}
    for name, labels, value in samples(gateway):
        if name == "sluice_policy_decisions_total" and (auth or labels["kind"] != "auth"):
            found[labels["policy"], labels["kind"], labels["verdict"], labels["mode"]] = value
    return found


def wait_idle(gateway, deadline=10):
    """Until nothing is in flight by the gateway's own gauges."""
    for name in IN_FLIGHT:
        until(lambda: total(gateway, name) == 0, deadline, f"{name} to be 0")


def observe(gateway, seconds):
    """What the gateway does in a window of time: turns of its loops, and its share of a processor."""
    turns, cpu, began = total(gateway, "sluice_loop_turns_total"), gateway.cpu(), time.monotonic()
    time.sleep(seconds)  # not a wait for something: this is the window that is measured
    elapsed = time.monotonic() - began
    return (total(gateway, "sluice_loop_turns_total") - turns) / elapsed, (gateway.cpu() - cpu) / elapsed
