// What the gateway sends: see docs/api.md.

export interface Fact {
  kind: string;
  value: string;
}

export interface Source {
  title: string;
  section?: string;
  dated?: string;
}

/** The reply contract, as far as it is shown. */
export interface Custom {
  outcome?: string;
  region?: string | null;
  facts?: Fact[];
  sources?: Source[];
  notices?: string[];
  at?: string;
  open?: boolean | null;
  next_open?: string | null;
  on_call?: boolean | null;
}

export type Status = "bot" | "queued" | "agent";

/** An event of the conversation, or (without an id) a greeting of the connection or a sign that somebody writes. */
export interface Happening {
  kind: "user_message" | "bot_message" | "agent_message" | "notice" | "status" | "hello" | "typing";
  id?: string;
  at?: string;
  text?: string;
  key?: string | null;
  in_reply_to?: string | null;
  buttons?: { title: string; token: string }[];
  custom?: Custom | null;
  agent?: { name: string };
  code?: string;
  status?: Status;
  who?: string;
  region?: string | null;
  /** What was shown of the conversation holds no more: it comes again from its beginning. */
  reset?: boolean;
}

export interface Desk {
  region: string;
  name: string;
  ways: Fact[];
  hours: string | null;
  open: boolean | null;
  next_open: string | null;
  on_call: boolean | null;
  on_call_how: string | null;
}
