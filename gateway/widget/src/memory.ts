// What this browser remembers of the conversation, for all its tabs; with storage refused, this tab's memory alone.

/** A message that the gateway has not confirmed yet. */
export interface Unsent {
  key: string;
  text: string;
  button?: string;
}

const NOTHING = {
  token: null as string | null,
  region: "",
  draft: "",
  unsent: [] as Unsent[],
  minimised: true,
  /** Id of the newest event that has been seen. */
  seen: "",
  /** Whether the user found answers helpful, by event id. */
  judged: {} as Record<string, boolean>,
  maxLength: 4000,
};

export type Remembered = typeof NOTHING;

export let now: Readonly<Remembered> = NOTHING;
let place = "";

/** Reads what is remembered. `name` keeps chats of different gateways on one page's origin apart. */
export function recall(name: string): void {
  place = `supportlotsen ${name}`;
  now = read();
}

export function remember(changes: Partial<Remembered>): void {
  now = { ...now, ...changes };
  try {
    localStorage.setItem(place, JSON.stringify(now));
  } catch {
    // Full or refused: the conversation goes on, it only cannot survive a reload.
  }
}

/** A new conversation: the region, the draft and the form of the window stay. */
export function forget(): void {
  const { region, draft, minimised } = now;
  remember({ ...NOTHING, region, draft, minimised });
}

/** Calls back when another tab has begun or ended a conversation. */
export function onOtherTab(changed: () => void): void {
  addEventListener("storage", ({ key }) => {
    if (key !== place) return;
    const { token, seen, judged } = read();
    const other = token !== now.token;
    now = { ...now, token, seen, judged };
    if (other) changed();
  });
}

function read(): Remembered {
  try {
    const kept = { ...NOTHING, ...JSON.parse(localStorage.getItem(place) ?? "{}") };
    return Array.isArray(kept.unsent) ? kept : NOTHING;
  } catch {
    return NOTHING;
  }
}
