// Hears what happens in a conversation: as a stream, or by polling where something on the way holds streams back.

import { call, type Failure } from "./api.ts";
import type { Happening } from "./contract.ts";
import { now } from "./memory.ts";

const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
/** The gateway greets at once and gives a sign of life every 15 seconds. */
const GREETED_WITHIN = 6000;
const SILENT = 40_000;

export interface Listener {
  received(event: Happening): void;
  /** The connection has come or gone. */
  connected(yes: boolean): void;
  /** The gateway knows no such conversation any more. */
  ended(): void;
}

let listener: Listener;
let followed: string | null = null;
let leave = new AbortController();
let after = "";
let heldBack = false;
let wake = () => {};

export function listen(to: Listener): void {
  listener = to;
  addEventListener("online", () => wake());
  document.addEventListener("visibilitychange", () => wake());
}

/** Follow the conversation that is remembered, from its beginning; or none. */
export function follow(): void {
  if (followed === now.token) return;
  leave.abort();
  leave = new AbortController();
  followed = now.token;
  after = "";
  if (followed) void run(leave.signal);
}

async function run(left: AbortSignal): Promise<void> {
  for (let failures = 0; !left.aborted; ) {
    try {
      await (heldBack ? poll(left) : stream(left));
      failures = 0;
    } catch (error) {
      if (left.aborted) return;
      if ((error as Failure).status === 401) return listener.ended();
      failures += 1;
      if (failures > 1) listener.connected(false);
    }
    if (failures || !heldBack) await rest(Math.min(SHORTEST_PAUSE * 2 ** failures, LONGEST_PAUSE) * (0.7 + 0.6 * Math.random()));
  }
}

async function stream(left: AbortSignal): Promise<void> {
  const silent = new AbortController();
  const signal = AbortSignal.any([left, silent.signal]);
  let greeted = false;
  let timer = setTimeout(() => silent.abort(), GREETED_WITHIN);
  try {
    const response = await call("events", null, { Accept: "text/event-stream", ...(after && { "Last-Event-ID": after }) }, { signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; reader; ) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENT);
      greeted = true;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, kind, data] = /^event: (.*)\ndata: (.*)/m.exec(block) ?? [];
        if (data) take({ kind, ...JSON.parse(data) });
      }
    }
  } finally {
    clearTimeout(timer);
    // Refused or unreachable is no sign of a held-back stream; a silence from the start is.
    if (!greeted && silent.signal.aborted) heldBack = true;
  }
}

async function poll(left: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([left, AbortSignal.timeout(SILENT)]);
  const response = await call(`events?wait=25&after=${after}`, null, { Accept: "application/json" }, { signal });
  const { events, ...hello } = await response.json();
  for (const event of [{ kind: "hello", ...hello }, ...events]) take(event);
}

function take(event: Happening): void {
  listener.connected(true);
  if (event.reset) after = "";
  if (event.id) after = event.id;
  listener.received(event);
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    wake = resolve;
  });
}
