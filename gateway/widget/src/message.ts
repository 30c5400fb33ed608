// One event of the conversation as nodes. What the user thought of an answer and which choice was made are shown too.

import type { Custom, Happening, Source } from "./contract.ts";
import { button, type Child, element, icon, tool } from "./dom.ts";
import { clock, dateOf, openness } from "./moments.ts";
import { richText } from "./rich-text.ts";
import { fill, texts } from "./texts.ts";

export interface Judgement {
  helpful: boolean;
  reason?: string;
  solved?: boolean;
}

/** What a message lets the user do. */
export interface Deeds {
  choose(title: string, token: string): void;
  judge(event: string, judgement: Judgement): void;
  say(text: string): void;
}

/** The node of a message or notice. `helpful`: what the user has said of it before. */
export function messageNode(event: Happening, deeds: Deeds, helpful?: boolean): HTMLElement {
  const { kind, text = "", agent, id = "" } = event;
  if (kind === "notice") return note(text);
  const at = new Date(event.at ?? Date.now());
  const under = element("div.under", {}, element("time", { datetime: at.toISOString() }, clock(at)));
  if (kind === "user_message") return message("user", [speaker(texts.you), ...lines(text)], under);
  const custom = event.custom ?? {};
  const sources = list(custom.sources).filter((source) => typeof source?.title === "string");
  const { outcome } = custom;
  const failed = outcome === "failed";
  if (outcome && !/smalltalk|clarifying/.test(outcome)) {
    under.append(...copying(text, sources, deeds));
    if (!failed) under.append(...thumbs(id, deeds, helpful));
  }
  const bubble = [
    agent ? element("strong", {}, agent.name) : speaker(texts.name),
    richText(text, list(custom.facts)),
    badge(custom, at),
    notices(list(custom.notices)),
    sourceList(sources),
  ];
  return message(failed ? "bot.failed" : "bot", bubble, choices(list(event.buttons), deeds), under);
}

/** The bot's first words, which are no event. */
export function welcome(): HTMLElement {
  return message("bot", [speaker(texts.name), richText(texts.welcome)]);
}

/** A line of the conversation that nobody says. */
export function note(text: string): HTMLElement {
  return element("p.note", {}, ...lines(text));
}

/** Whether a desk is open. */
export function badge(custom: Custom, told: Date): HTMLElement | null {
  const state = openness(custom, told);
  return state && element(`p.badge.${state.open ? "open" : "closed"}`, {}, icon("clock"), state.text);
}

function message(looks: string, bubble: Child[], ...below: Child[]): HTMLElement {
  return element(`div.message.${looks}`, {}, element("div.bubble", {}, ...bubble), ...below);
}

function speaker(name: string): HTMLElement {
  return element("span.unseen", {}, `${name}: `);
}

function notices(told: string[]): Child {
  const written = told.filter((notice) => typeof notice === "string" && notice.trim());
  const title = element("strong", {}, icon("warning"), texts.notice);
  return written.length && element("div.notices", { role: "note" }, title, ...written.map((notice) => richText(notice)));
}

function sourceList(sources: Source[]): Child {
  const summary = sources.length > 1 ? fill(texts.sources, sources.length) : texts.source;
  const items = sources.map(({ title, section, dated }) => {
    const date = dateOf(dated);
    const told = date ? fill(texts.dated, date) : dated && fill(texts.undated, dated);
    const more = [section, told].map((text) => text && element("span.muted", {}, text));
    return element("li", {}, element("cite", {}, title), ...more);
  });
  return items.length && element("details.sources", {}, element("summary", {}, icon("document"), summary), element("ul", {}, ...items));
}

function choices(buttons: { title: string; token: string }[], deeds: Deeds): Child {
  const nodes = buttons.map(({ title, token }) => button("choice", () => deeds.choose(title, token), title));
  return nodes.length && element("div.choices", { role: "group", "aria-label": texts.choices }, ...nodes);
}

function copying(text: string, sources: Source[], { say }: Deeds): HTMLElement[] {
  if (!navigator.clipboard) return [];
  const named = sources.map(({ title, section, dated }) => [title, section, dated].filter(Boolean).join(", "));
  const whole = [text, ...(named[0] ? [`\n${texts.source}:`, ...named] : [])].join("\n");
  return [tool("copy", texts.copy, () => void navigator.clipboard.writeText(whole).then(() => say(texts.copied)))];
}

function thumbs(event: string, { judge, say }: Deeds, helpful?: boolean): HTMLElement[] {
  const more = element("div.more", { role: "group", tabindex: -1 });
  const show = (label: string, judgements: [string, Judgement][]) => {
    const focused = more.matches(":focus-within");
    more.setAttribute("aria-label", label);
    more.replaceChildren(label, ...judgements.map(([title, judgement]) => button("small", () => tell(judgement), title)));
    if (focused) more.focus(); // what was pressed is gone
  };
  const tell = (judgement: Judgement) => {
    mark(judgement.helpful);
    judge(event, judgement);
    if ("solved" in judgement) {
      show(texts.thanks, []);
      say(texts.thanks);
    } else if (judgement.helpful || judgement.reason) {
      show(texts.solved, [
        [texts.yes, { ...judgement, solved: true }],
        [texts.no, { ...judgement, solved: false }],
      ]);
    } else show(texts.why, Object.entries(texts.reasons).map(([reason, title]) => [title, { helpful: false, reason }]));
  };
  const up = tool("thumb", texts.helpful, () => tell({ helpful: true }));
  const down = tool("thumb", texts.unhelpful, () => tell({ helpful: false }));
  down.classList.add("down");
  const mark = (yes: boolean) => {
    up.setAttribute("aria-pressed", String(yes));
    down.setAttribute("aria-pressed", String(!yes));
  };
  if (helpful !== undefined) mark(helpful);
  return [up, down, more];
}

function lines(text: string): Child[] {
  return text.split("\n").flatMap((line, index) => (index ? [element("br"), line] : [line]));
}

function list<Item>(value: Item[] | undefined): Item[] {
  return Array.isArray(value) ? value : [];
}
