// The gateway's API. One module, so that page and chat share what was fetched.

const TIMEOUT = 30_000;

/** The gateway could not be reached, or gave an answer that is none of its own. */
export class Unreachable extends Error {}

/** A turn: `{messages, error}`. `error` "session" or "button" means that the token is no longer valid. */
export async function send(token, message) {
  return request("/api/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(message),
  });
}

/** The token of a new conversation. */
export async function start() {
  const { token } = await request("/api/conversations", { method: "POST" });
  if (typeof token !== "string") throw new Unreachable();
  return token;
}

let desks = null;

/** Each region's support desk; what was known before when they cannot be fetched, so possibly an empty list. */
export async function contacts({ fresh = false } = {}) {
  const before = await desks;
  if (!before?.length || fresh)
    desks = request("/api/contacts").then(
      (answer) => answer.desks ?? [],
      () => before ?? [],
    );
  return desks;
}

async function request(path, options = {}) {
  try {
    const response = await fetch(path, { ...options, signal: AbortSignal.timeout(TIMEOUT), credentials: "omit" });
    return await response.json();
  } catch (error) {
    throw new Unreachable(path, { cause: error });
  }
}
