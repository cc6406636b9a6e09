// Makes one call and tells what comes, as it comes.
import { EventParser } from "./events.js";

/**
 * Sends `{ method, url, headers, body }`. `on` is told, each with the milliseconds since sending:
 * `head(answer, at)`, `piece(text, at)` for every piece of the body, `event(event, at)` for every server-sent event.
 * Gives the milliseconds in all. Throws what `fetch` throws; `signal` ends the call.
 */
export async function call({ method, url, headers, body }, on, signal) {
  const began = performance.now();
  const now = () => performance.now() - began;
  const answer = await fetch(url, { method, headers, body, signal, cache: "no-store" });
  on.head?.(answer, now());
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
  const parser = new EventParser();
  if (!answer.body) return now();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return now();
    const at = now();
    on.piece?.(value, at);
    if (isStream) for (const event of parser.take(value)) on.event?.(event, at);
  }
}

/** The text that an event adds to an answer, whichever dialect it is of; empty for none. */
export function textOf(event) {
  let data;
  try {
    data = JSON.parse(event.data);
  } catch {
    return "";
  }
  const choice = data?.choices?.[0];
  const text = choice ? choice.delta?.content ?? choice.text : data?.status === "streaming" ? data.chunk : data?.event_type === "chat_chunk" ? data.content : "";
  return typeof text === "string" ? text : "";
}

export const milliseconds = (value) => (value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
