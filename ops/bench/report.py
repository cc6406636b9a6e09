"""Medians and ratios from the raw rounds, as Markdown tables."""

import statistics

from loads import LOADS

BASE = "nginx"


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


class Report:
    """All rounds of one comparison. A run with errors is listed, and kept out of the medians."""

    def __init__(self, rounds, memory, targets):
        self.rounds = [run for run in rounds if not run["errors"]]
        self.faulty = [run for run in rounds if run["errors"]]
        self.memory = memory
        self.targets = targets
        self.loads = [name for name in LOADS if any(run["load"] == name for run in rounds)]

    def of(self, target, load):
        return [run for run in self.rounds if run["target"] == target and run["load"] == load]

    def median(self, target, load, figure):
        values = [run[figure] for run in self.of(target, load)]
        return statistics.median(values) if values else None

    def ratio(self, target, load):
        """CPU against the base, paired by round, since the machine's speed changes over time."""
        base = {run["round"]: run["cpu_us"] for run in self.of(BASE, load)}
        pairs = [run["cpu_us"] / base[run["round"]] for run in self.of(target, load) if base.get(run["round"])]
        return statistics.median(pairs) if pairs else None

    def added(self, target, load, figure):
        """Microseconds on top of what the provider itself takes, paired by round."""
        direct = {run["round"]: run[figure] for run in self.of("direct", load)}
        pairs = [run[figure] - direct[run["round"]] for run in self.of(target, load) if run["round"] in direct]
        return statistics.median(pairs) if pairs else None

    def markdown(self):
        proxies = [name for name in self.targets if name != "direct"]
        ratios = {name: {load: self.ratio(name, load) for load in self.loads} for name in proxies}
        parts = [
            table("CPU of the proxy per unit, as a ratio to " + BASE, self.loads, {
                name: ["–" if ratios[name][load] is None else f"{ratios[name][load]:.2f}" for load in self.loads]
                for name in proxies}),
            table("CPU of the proxy per unit (µs, median)", self.loads, {
                name: [number(self.median(name, load, "cpu_us")) for load in self.loads] for name in proxies}),
            table("Units per second (median)", self.loads, {
                name: [number(self.median(name, load, "rate")) for load in self.loads] for name in self.targets}),
            self.latencies(proxies),
            self.checks(proxies),
        ]
        if self.memory:
            parts.append(self.streams())
        parts += [
            f"Faulty run: {run['target']} {run['load']} round {run['round']}: {run['errors']} errors "
            f"{run['causes']} {run['statuses']}" for run in self.faulty]
        return "\n\n".join(parts) + "\n"

    def latencies(self, proxies):
        columns = ["call-rate p50", "p99", "paced first event p50", "p99"]
        return table("Time added to the provider's own (µs, median)", columns, {
            name: [
                number(self.added(name, "call-rate", "p50")), number(self.added(name, "call-rate", "p99")),
                number(self.added(name, "paced", "first50")), number(self.added(name, "paced", "first99")),
            ] for name in proxies})

    def checks(self, proxies):
        def cell(name, load):
            runs = self.of(name, load)
            if not runs:
                return "–"
            costs = [run["cpu_us"] for run in runs]
            other = max(run["other_core"] for run in runs)
            return f"{number(min(costs))}–{number(max(costs))}, others {100 * other:.0f} %"

        title = "Spread of the CPU per unit (µs), and the most that others took of the proxy's core"
        return table(title, self.loads, {name: [cell(name, load) for load in self.loads] for name in proxies})

    def streams(self):
        columns = ["streams", "idle MiB", "with streams MiB", "KiB per stream", "µs per event"]
        return table("Open streams, 5 events a second each", columns, {
            held["target"]: [
                str(held["streams"]), number(held["idle_mib"]), number(held["full_mib"]),
                number(held["kib_per_stream"]), number(held["cpu_us"])] for held in self.memory})


def table(title, columns, rows):
    lines = [f"### {title}", "", "| target | " + " | ".join(columns) + " |", "| --- " * (len(columns) + 1) + "|"]
    lines += [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows.items()]
    return "\n".join(lines)
