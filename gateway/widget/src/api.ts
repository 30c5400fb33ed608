// The gateway's API.

import type { Desk } from "./contract.ts";
import { now } from "./memory.ts";

const TIMEOUT = 20_000;

/** What is thrown: with a status when the gateway refused (`detail`: a sentence for the user), without when nobody answered. */
export interface Failure {
  status?: number;
  detail?: string;
}

/** Where the gateway is, without a slash at its end; "" for the page's own origin. */
export let base = "";

export function reach(address: string): void {
  base = address;
}

/** Calls in the name of the conversation that is remembered; posts when there is a body. */
export async function call(
  path: string,
  body?: object | null,
  headers: Record<string, string> = {},
  options: RequestInit = {},
): Promise<Response> {
  if (now.token) headers["Authorization"] = `Bearer ${now.token}`;
  if (body) {
    headers["Content-Type"] = "application/json";
    options = { method: "POST", body: JSON.stringify(body) };
  }
  const response = await fetch(`${base}/api/v1/${path}`, {
    signal: AbortSignal.timeout(TIMEOUT),
    credentials: "omit",
    cache: "no-store",
    ...options,
    headers,
  });
  if (response.ok) return response;
  const { detail } = await response.json().catch(() => ({}));
  throw Object.assign(new Error(path), { status: response.status, detail }) satisfies Failure;
}

/** The desks; an empty list when they cannot be fetched. */
export async function contacts(): Promise<Desk[]> {
  try {
    return (await (await call("contacts")).json()).desks ?? [];
  } catch {
    return [];
  }
}
