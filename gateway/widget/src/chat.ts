// <supportlotsen-chat region="VGR" lang="sv">: the conversation with the bot. With the attribute `floating` it is a
// button in the corner of the page that opens it; without, it stands where it is put. A page has one conversation: should
// the page make the element anew, the new one takes the conversation over.
//
// Sends the event "regionknown" (detail: region code) when an answer shows which region the conversation is about.

import { base, call, contacts, type Failure } from "./api.ts";
import { follow, listen } from "./connection.ts";
import type { Desk, Happening, Status } from "./contract.ts";
import { button, describe, element, icon, tool } from "./dom.ts";
import { forget, now, onOtherTab, recall, remember, type Unsent } from "./memory.ts";
import { type Deeds, messageNode, note, welcome } from "./message.ts";
import css from "./style.css";
import { fill, speak, texts } from "./texts.ts";

const COUNT_FROM = 0.9;
const SHOW_BUSY_AFTER = 250;
const SAY_STILL_BUSY_AFTER = 5000;
const GIVE_UP_BUSY_AFTER = 60_000;
const OFFER_CONTACTS_AFTER = 6000;
const WRITING = 8000;
const RETRY = 2000;

export class SupportlotsenChat extends HTMLElement {
  connectedCallback(): void {
    if (!this.shadowRoot) void begin(this);
  }

  /** Code of the region that the page has set, or that the conversation turned out to be about; "" if unknown. */
  get region(): string {
    return now.region;
  }

  set region(code: string) {
    remember({ region: code });
  }
}

let host: SupportlotsenChat;
let parts: ReturnType<typeof build>;
let desks: Promise<Desk[]>;
/** The nodes of the events that are shown, by event id. */
const known = new Map<string, HTMLElement>();
/** The nodes of the messages that have not come back as events yet, by key; and which of them the gateway has taken. */
const waiting = new Map<string, HTMLElement>();
const taken = new Set<string>();
let busyTimers: number[] = [];
let patience: number | undefined;
/** Key of the question whose answer is awaited. */
let asked = "";
let delivering = false;
let unread = 0;
let agent = "";

async function begin(element: SupportlotsenChat): Promise<void> {
  host = element;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  if (parts) return root.append(...parts.shown);
  recall(base || location.origin);
  const region = host.getAttribute("region");
  if (region) remember({ region });
  await speak(host.lang, base);
  parts = build();
  root.append(...parts.shown);
  desks = contacts(); // known already if the connection is lost
  listen({ received, connected, ended });
  onOtherTab(restore);
  addEventListener("online", () => void deliver());
  addEventListener("offline", () => connected(false));
  addEventListener("beforeprint", () => {
    for (const sources of parts.log.querySelectorAll<HTMLDetailsElement>("details")) sources.open = true;
  });
  restore();
}

function floats(): boolean {
  return host.hasAttribute("floating");
}

// ---- what is on the screen

function build() {
  const log = element("div.log", { role: "log", "aria-label": texts.conversation });
  const starters = element(
    "div.choices",
    { role: "group", "aria-label": texts.starters },
    element("p.muted", { "aria-hidden": "true" }, texts.starters),
    ...texts.questions.map((question) => button("choice", () => ask(question), question)),
  );
  const busy = element("div.busy", { role: "status" });
  const scroll = element("div.scroll", { tabindex: 0, role: "group", "aria-label": texts.conversation }, log, starters, busy);
  const input = element("textarea", {
    id: "input",
    rows: 1,
    autocomplete: "off",
    enterkeyhint: "send",
    "aria-describedby": "hint problem",
    oninput: onInput,
    onkeydown: onKey,
  });
  const count = element("p", { "aria-live": "polite" });
  const problem = element("p.problem", { id: "problem", role: "alert" });
  const offline = element("p.offline", { role: "status" });
  const form = element(
    "form",
    { novalidate: "", onsubmit: submit },
    element(
      "div.row.apart",
      {},
      element("label", { for: "input" }, texts.input),
      button("quiet", () => ask(texts.askHuman), icon("person"), texts.human),
    ),
    element("div.row", {}, input, element("button.send", {}, element("span", {}, texts.send), icon("send"))),
    problem,
    element("div.row.apart.muted", {}, element("p", { id: "hint" }, texts.hint), count),
  );
  const who = element("p.muted", {}, texts.bot);
  const dialog = element("dialog", { "aria-labelledby": "question" });
  const menu = buildMenu();
  const titles = element("div.titles", {}, element("h2", { id: "title" }, texts.title), who);
  const close = floats() && tool("close", texts.minimise, () => minimise(true));
  const said = element("p.unseen", { role: "status" });
  const badge = element("span.unread", { "aria-hidden": "true" });
  const launcher = button("send.launcher", () => minimise(false), icon("chat"), texts.launcher, badge);
  const section = element(
    "section",
    { "aria-labelledby": "title", lang: texts.locale, onkeydown: onEscape },
    element("header", {}, element("span.avatar", {}, icon("chat")), titles, menu, close),
    offline,
    scroll,
    form,
    dialog,
    said,
  );
  const shown = floats() ? [launcher, section] : [section];
  return { shown, log, starters, busy, scroll, input, count, problem, offline, form, who, dialog, menu, said, badge, launcher, section };
}

function buildMenu(): HTMLDetailsElement {
  const item = (label: string, act: () => void) =>
    button("item", () => {
      menu.open = false;
      act();
    }, label);
  const link = (label: string, path: string) => element("a.item", { href: base + path, target: "_blank", rel: "noopener" }, label);
  const entries = [
    item(texts.download, () => void download()),
    item(texts.restart, () => confirm(texts.restartQuestion, texts.restartConsequence, texts.restart, startOver)),
    item(texts.erase, () => confirm(texts.eraseQuestion, texts.eraseConsequence, texts.erase, () => void erase())),
    link(texts.privacy, "/personuppgifter"),
    link(texts.accessibility, "/tillganglighet"),
  ];
  const summary = element("summary.tool", {}, icon("dots"));
  describe(summary, texts.more);
  const menu = element("details.menu", {}, summary, element("ul", {}, ...entries.map((entry) => element("li", {}, entry))));
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (!menu.contains(relatedTarget as Node | null)) menu.open = false;
  });
  return menu;
}

function confirm(question: string, consequence: string, deed: string, act: () => void): void {
  const { dialog, menu } = parts;
  dialog.onclose = () => menu.querySelector("summary")?.focus();
  dialog.replaceChildren(
    element("h3", { id: "question" }, question),
    element("p", {}, consequence),
    element(
      "div.row",
      {},
      button("quiet", () => dialog.close(), texts.cancel),
      button("send", () => {
        dialog.onclose = null;
        dialog.close();
        act();
      }, deed),
    ),
  );
  dialog.showModal();
}

/** Shows what is remembered, and follows the conversation if there is one. */
function restore(): void {
  const { log, input } = parts;
  log.ariaLive = "off"; // a reader heard these before the reload; only what comes later is news
  clear();
  if (!input.value) {
    input.value = now.draft;
    countLetters();
  }
  setMinimised(floats() && now.minimised);
  follow();
  if (!now.token) log.ariaLive = "polite";
  void deliver();
}

/** Only what is not sent yet stays. */
function clear(): void {
  known.clear();
  waiting.clear();
  parts.log.replaceChildren(welcome());
  setBusy("");
  setStatus("bot");
  showStarters();
  now.unsent.forEach(showUnsent);
}

function showStarters(): void {
  parts.starters.hidden = parts.log.childElementCount > 1;
}

function setStatus(status: Status): void {
  parts.who.textContent = status === "agent" ? fill(texts.agent, agent || texts.person) : texts[status];
}

// ---- what happens

const deeds: Deeds = {
  choose: (title, token) => ask(title, token),
  judge: (event, judgement) => {
    remember({ judged: { ...now.judged, [event]: judgement.helpful } });
    call("feedback", { event, ...judgement }).catch(() => deeds.say(texts.offline));
  },
  /** For screen readers alone: what a sighted user sees anyway. */
  say: (text) => {
    parts.said.textContent = text;
    setTimeout(() => (parts.said.textContent = ""), RETRY);
  },
};

function received(event: Happening): void {
  const { kind, id, status, region } = event;
  if (event.reset) clear();
  if (event.agent) agent = event.agent.name;
  if (status || event.agent) setStatus(status ?? "agent");
  const about = region ?? event.custom?.region;
  if (about && about !== now.region) {
    remember({ region: about });
    host.dispatchEvent(new CustomEvent("regionknown", { detail: about }));
  }
  if (kind === "typing") someoneWrites(event.who === "agent");
  if (kind === "hello") setTimeout(() => (parts.log.ariaLive = "polite"), 500);
  if (id && kind !== "status" && !known.has(id)) show(event, id);
}

function show(event: Happening, id: string): void {
  const { log } = parts;
  const { key, kind, text = "" } = event;
  const sent = key ? waiting.get(key) : undefined;
  const same = sent && now.unsent.some((message) => message.key === key && message.text === text);
  const node = same ? sent : messageNode(event, deeds, now.judged[id]);
  known.set(id, node);
  if (key) settle(key);
  const end = atEnd();
  if (!sent) log.append(node);
  else if (!same) sent.replaceWith(node);
  if (kind === "user_message") markChosen(node, text);
  else answered(event, id, node, end);
  showStarters();
}

function answered({ kind, in_reply_to, code }: Happening, id: string, node: HTMLElement, end: boolean): void {
  const ours = asked && in_reply_to === asked;
  if (ours || !asked || kind === "agent_message" || code === "patient") setBusy("");
  if (!minimised()) remember({ seen: order(id) });
  else if (now.seen < order(id) && kind !== "notice") setUnread(unread + 1);
  const question = node.previousElementSibling;
  if (ours && question?.matches(".user")) toNode(question as HTMLElement);
  else if (end) toEnd();
}

/** A choice that was made is marked, in every tab and after a reload. */
function markChosen(question: HTMLElement, title: string): void {
  const buttons = [...(question.previousElementSibling?.querySelectorAll<HTMLButtonElement>(".choice") ?? [])];
  const chosen = buttons.find((each) => each.textContent === title);
  if (chosen) for (const each of buttons) each.disabled = true;
  chosen?.classList.add("chosen");
}

/** The gateway knows the conversation no more: what is not sent goes into a new one. */
function ended(): void {
  const unsent = now.unsent.filter((message) => !message.button);
  forget();
  remember({ unsent });
  follow();
  clear();
  parts.log.append(note(texts.expired));
  void deliver();
}

function connected(yes: boolean): void {
  setText(parts.offline, yes ? "" : texts.offline);
  if (yes) void deliver();
}

// ---- what the user does

function onKey(event: KeyboardEvent): void {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
}

function onEscape(event: KeyboardEvent): void {
  const { menu, dialog } = parts;
  if (event.key !== "Escape" || dialog.open) return;
  if (menu.open) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  } else if (floats()) minimise(true);
}

function onInput(): void {
  remember({ draft: parts.input.value });
  countLetters();
}

/** Whether what is written is short enough. */
function countLetters(): boolean {
  const { maxLength } = now;
  const length = [...parts.input.value.trim()].length; // as people count
  const left = maxLength - length;
  parts.count.textContent = left >= 0 && length >= maxLength * COUNT_FROM ? fill(texts.left, left) : "";
  const grouped = (number: number) => number.toLocaleString(texts.locale);
  setProblem(left < 0 ? fill(texts.tooLong, grouped(length), grouped(maxLength)) : "");
  return left >= 0;
}

function setProblem(text: string): void {
  setText(parts.problem, text);
  parts.input.ariaInvalid = String(Boolean(text));
}

function submit(event: Event): void {
  event.preventDefault();
  const { input } = parts;
  const text = input.value.trim();
  if (text) {
    if (!countLetters()) return;
    input.value = "";
    onInput();
    ask(text);
  } else {
    setProblem(texts.empty);
    input.focus();
  }
}

/** `token`: of a choice whose title is `text`. */
function ask(text: string, token?: string): void {
  if (token && now.unsent.some((message) => message.button)) return; // a double click
  const key = crypto.randomUUID?.() ?? String(Math.random());
  const message: Unsent = token ? { key, text, button: token } : { key, text };
  remember({ unsent: [...now.unsent, message] });
  showUnsent(message);
  setBusy(key);
  focusInput();
  toEnd();
  void deliver();
}

function showUnsent({ key, text }: Unsent): void {
  const node = messageNode({ kind: "user_message", text }, deeds);
  waiting.set(key, node);
  parts.log.append(node);
  markChosen(node, text);
  showStarters();
}

/** The pressed button goes away or is disabled, so focus moves on; on a phone that must not raise the keyboard. */
function focusInput(): void {
  (matchMedia("(pointer: fine)").matches ? parts.input : parts.scroll).focus({ preventScroll: true });
}

async function download(): Promise<void> {
  if (!now.token) return;
  try {
    const href = URL.createObjectURL(await (await call("transcript")).blob());
    element("a", { href, download: "supportlotsen.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(href), RETRY);
  } catch {
    connected(false);
  }
}

async function erase(): Promise<void> {
  try {
    if (now.token) await call("conversation", null, {}, { method: "DELETE" });
  } catch (error) {
    if ((error as Failure).status !== 401) {
      parts.log.append(note(texts.notErased));
      return;
    }
  }
  startOver();
  parts.log.append(note(texts.erased));
}

function startOver(): void {
  forget();
  follow();
  clear();
  setProblem("");
  parts.scroll.scrollTo({ top: 0 });
  focusInput();
}

// ---- open and minimised

function minimised(): boolean {
  return parts.section.hidden;
}

function setMinimised(yes: boolean): void {
  parts.section.hidden = yes;
  parts.launcher.hidden = !yes;
  setUnread(0);
}

function minimise(yes: boolean): void {
  setMinimised(yes);
  const last = [...known.keys()].at(-1);
  remember(yes || !last ? { minimised: yes } : { minimised: yes, seen: order(last) });
  (yes ? parts.launcher : parts.input).focus();
  if (!yes) toEnd();
}

function setUnread(count: number): void {
  unread = count;
  parts.badge.textContent = count ? String(count) : "";
  describe(parts.launcher, count ? fill(count > 1 ? texts.openMany : texts.openOne, count) : texts.open);
}

// ---- sending

/** Sends what waits, in its order, each until the gateway has it; a resend with the same key is answered once. */
async function deliver(): Promise<void> {
  if (delivering) return;
  delivering = true;
  let delivered = true;
  const next = () => now.unsent.find(({ key }) => !taken.has(key));
  for (let message = next(); message && delivered; message = next()) delivered = await deliverOne(message);
  delivering = false;
  if (delivered) {
    clearTimeout(patience);
    patience = undefined;
  } else patience ??= setTimeout(() => void offerContacts(), OFFER_CONTACTS_AFTER);
}

async function deliverOne(message: Unsent): Promise<boolean> {
  const { key, text, button } = message;
  const about = now.region && { region: now.region };
  try {
    if (!now.token) {
      const begun = await (await call("conversations", { ...about, language: host.lang || "sv" })).json();
      remember({ token: begun.token, maxLength: begun.max_length });
      follow();
    }
    await call("messages", { ...(button ? { button } : { text }), ...about }, { "Idempotency-Key": key });
    taken.add(key);
    return true;
  } catch (error) {
    const { status = 0, detail = "" } = error as Failure;
    if (status === 401) {
      ended();
      return false;
    }
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      refused(message, detail);
      return true;
    }
    if (!status) connected(false);
    setTimeout(() => void deliver(), RETRY);
    return false;
  }
}

/** The message cannot be sent as it is: it goes back where it came from, with the reason. */
function refused({ key, text, button }: Unsent, detail: string): void {
  const { input, log } = parts;
  waiting.get(key)?.remove();
  settle(key);
  setBusy("");
  if (button) log.append(note(detail));
  else {
    input.value ||= text;
    onInput();
    setProblem(detail);
  }
  showStarters();
}

function settle(key: string): void {
  waiting.delete(key);
  taken.delete(key);
  remember({ unsent: now.unsent.filter((message) => message.key !== key) });
}

/** Nobody can be reached through the chat: then by telephone. */
async function offerContacts(): Promise<void> {
  const { log } = parts;
  const all = await desks;
  const own = all.filter(({ region }) => region === now.region);
  const lines = (own[0] ? own : all).map(({ name, ways }) => `- ${name}: ${ways.map(({ value }) => value).join(", ")}`);
  if (!lines[0] || log.lastElementChild?.matches(".reach")) return;
  const facts = all.flatMap(({ ways }) => ways);
  const node = messageNode({ kind: "bot_message", text: [texts.reach, ...lines].join("\n"), custom: { facts } }, deeds);
  node.classList.add("reach");
  log.append(node);
  toEnd();
}

// ---- small things

/** Screen readers read again what is set again. */
function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** `key`: the question whose answer is awaited, or "". */
function setBusy(key: string): void {
  asked = key;
  busyTimers.forEach(clearTimeout);
  parts.busy.replaceChildren();
  busyTimers = key
    ? [
        setTimeout(() => showBusy(texts.busy), SHOW_BUSY_AFTER),
        setTimeout(() => showBusy(texts.stillBusy), SAY_STILL_BUSY_AFTER),
        setTimeout(() => setBusy(""), GIVE_UP_BUSY_AFTER),
      ]
    : [];
}

/** Told once for a few seconds; of the bot it may come after its answer when a connection is new. */
function someoneWrites(person: boolean): void {
  if (person) showBusy(`${agent || texts.person} ${texts.typing}`);
  else if (parts.log.lastElementChild?.matches(".user")) showBusy(texts.busy);
  if (!asked) busyTimers.push(setTimeout(() => setBusy(asked), WRITING));
}

function showBusy(text: string): void {
  const { busy } = parts;
  if (busy.textContent === text || (busy.firstChild && text === texts.busy)) return;
  busy.replaceChildren(element("span.dots", {}, element("i"), element("i"), element("i")), text);
  if (atEnd()) toEnd();
}

function atEnd(): boolean {
  const { scrollHeight, scrollTop, clientHeight } = parts.scroll;
  return scrollHeight - scrollTop - clientHeight < 120;
}

function toEnd(): void {
  const { scroll, form, log } = parts;
  if (scrolls()) scroll.scrollTo({ top: scroll.scrollHeight, behavior: "instant" });
  else if (log.childElementCount > 1 && !minimised()) form.scrollIntoView({ block: "end", behavior: "instant" });
}

/** Shows the question and the beginning of its answer, however long the answer is. */
function toNode(node: HTMLElement): void {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  if (scrolls()) parts.scroll.scrollTo({ top: node.offsetTop - 16, behavior });
  else if (!minimised()) node.scrollIntoView({ block: "start", behavior });
}

function scrolls(): boolean {
  return getComputedStyle(parts.scroll).overflowY === "auto";
}

/** Event ids as strings that sort as the events came. */
function order(id: string): string {
  return id.replace(/\d+$/, (number) => number.padStart(12, "0"));
}
