// What changed between two texts, line by line (E. W. Myers, "An O(ND) Difference Algorithm", 1986).

/** Lines in order: `{ kind: "same" | "added" | "removed", text, old, fresh }`, with line numbers from 1 or null. */
export function diffLines(before, after) {
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const middle = middleOf(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const kinds = [...Array(head).fill("same"), ...middle, ...Array(tail).fill("same")];
  let [old, fresh] = [0, 0];
  return kinds.map((kind) => {
    if (kind !== "added") old += 1;
    if (kind !== "removed") fresh += 1;
    return {
      kind, text: kind === "removed" ? a[old - 1] : b[fresh - 1],
      old: kind === "added" ? null : old, fresh: kind === "removed" ? null : fresh,
    };
  });
}

function linesOf(text) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The shortest way from one list to the other. Texts that have little in common are replaced as a whole. */
function middleOf(a, b) {
  const most = Math.min(a.length + b.length, 1000);
  const trace = [];
  let reach = new Map([[1, 0]]);
  for (let d = 0; d <= most; d += 1) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? reach.get(k + 1) ?? 0 : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return walk(trace, a.length, b.length);
    }
  }
  return [...a.map(() => "removed"), ...b.map(() => "added")];
}

function walk(trace, x, y) {
  const kinds = [];
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const reach = trace[d];
    const k = x - y;
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const from = down ? k + 1 : k - 1;
    const start = d === 0 ? 0 : reach.get(from) ?? 0;
    const startY = start - from;
    while (x > start && y > (d === 0 ? 0 : startY)) {
      kinds.push("same");
      x -= 1;
      y -= 1;
    }
    if (d === 0) break;
    kinds.push(down ? "added" : "removed");
    x = start;
    y = startY;
  }
  return kinds.reverse();
}
