// The page behind the link that callers in the telephone queue get: opens the link, puts the chat there, and what can be
// done about the place in the queue. Its words come from the page and from the gateway.

import { call, type Failure } from "./api.ts";
import { element } from "./dom.ts";
import { forget, now, recall, remember } from "./memory.ts";

const REFRESH = 30_000;
const KEPT = "supportlotsen call";
const WIDGET = "/widget.js";

interface Region {
  code: string;
  name: string;
  times: { value: string; text: string }[];
}

/** How it stands: see page_api.py. */
interface Call {
  queue: string;
  region: string | null;
  back: { href: string; text: string } | null;
  place: { possible: boolean; kept: string | null };
  callback: { booked: string | null; number: string | null; regions: Region[] };
  ticket: string;
}

interface Begun {
  token: string;
  region: string | null;
  max_length: number;
}

/** The secret part of the page's address; "" where a code is typed instead. */
const link = decodeURIComponent(location.pathname.replace(/^\/s\/?/, ""));
const parameters = link ? `?${new URLSearchParams({ link }).toString()}` : "";
const byId = <Kind extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as Kind;
const start = byId("start");
const waiting = byId("waiting");
const problem = byId("problem");
const callbackDialog = byId<HTMLDialogElement>("callback-dialog");
const codeDialog = byId<HTMLDialogElement>("code-dialog");
const book = byId<HTMLFormElement>("book");
const region = byId<HTMLSelectElement>("region");
const time = byId<HTMLSelectElement>("time");
let known: Call;

// ---- opening

/** Where it is kept what has been opened; a page without a link is another caller's when it is opened anew. */
function place(): Storage {
  return link ? localStorage : sessionStorage;
}

/** What this phone has opened before; another link is another call. */
function kept(): { link: string; token: string } | null {
  try {
    const found = JSON.parse(place().getItem(KEPT) ?? "null");
    return found && found.link === link && typeof found.token === "string" ? found : null;
  } catch {
    return null;
  }
}

async function open(begun: Begun): Promise<void> {
  recall(location.origin);
  if (now.token !== begun.token) {
    forget();
    remember({ token: begun.token, region: begun.region ?? "", maxLength: begun.max_length, draft: "" });
  }
  try {
    place().setItem(KEPT, JSON.stringify({ link, token: begun.token }));
  } catch {
    // Refused: the link cannot be opened again, but the conversation goes on.
  }
  show(await (await call(`call${parameters}`)).json());
  start.hidden = true;
  waiting.hidden = false;
  byId("queue-heading").focus({ preventScroll: true });
  byId("chat").append(element("supportlotsen-chat", begun.region ? { region: begun.region } : {}));
  await import(WIDGET);
  setInterval(() => void refresh(), REFRESH);
  document.addEventListener("visibilitychange", () => void refresh());
}

async function begin(): Promise<void> {
  const before = kept();
  if (before) {
    recall(location.origin);
    const { region: about, maxLength } = now;
    remember({ token: before.token });
    try {
      await call(`call${parameters}`);
      return await open({ token: before.token, region: about, max_length: maxLength });
    } catch {
      forget();
      place().removeItem(KEPT);
    }
  }
  byId(link ? "open" : "type").hidden = false;
}

function submitted(id: string, act: () => Promise<void>, told = problem): void {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(byId(id), act, told);
  });
}

/** Does it once, and tells what went wrong in the gateway's words. */
async function attempt(where: HTMLElement, act: () => Promise<void>, told = problem): Promise<void> {
  const buttons = [...where.querySelectorAll("button"), ...(where instanceof HTMLButtonElement ? [where] : [])];
  told.textContent = "";
  for (const each of buttons) each.disabled = true;
  try {
    await act();
  } catch (error) {
    told.textContent = (error as Failure).detail ?? byId("offline").textContent;
  } finally {
    for (const each of buttons) each.disabled = false;
  }
}

// ---- how it stands

function show(told: Call): void {
  known = told;
  setText("queue", told.queue);
  setText("done", [told.callback.booked, told.place.kept].filter(Boolean).join("\n"));
  byId("callback-item").hidden = Boolean(told.callback.booked);
  byId("place-item").hidden = !told.place.possible || Boolean(told.place.kept);
  byId("back-item").hidden = !told.back;
  const back = byId<HTMLAnchorElement>("back");
  back.href = told.back?.href ?? "";
  setText("back", told.back?.text ?? "");
}

/** Screen readers read again what is set again. */
function setText(id: string, text: string): void {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}

async function refresh(): Promise<void> {
  if (document.visibilityState !== "visible" || callbackDialog.open) return;
  try {
    show(await (await call(`call${parameters}`)).json());
  } catch {
    // It is shown as it was; the chat tells of a lost connection.
  }
}

// ---- what can be done

function offerTimes(): void {
  const chosen = known.callback.regions.find(({ code }) => code === region.value) ?? known.callback.regions[0];
  time.replaceChildren(...(chosen?.times ?? []).map(({ value, text }) => element("option", { value }, text)));
}

function offerNumber(): void {
  const other = book.querySelector<HTMLInputElement>("[name=which]:checked")?.value === "other";
  byId("number-choice").hidden = !known.callback.number;
  byId("number-field").hidden = Boolean(known.callback.number) && !other;
}

function offerCallback(): void {
  const { number, regions } = known.callback;
  const options = regions.map(({ code, name }) => element("option", { value: code }, name));
  region.replaceChildren(...options);
  byId("region-field").hidden = regions.length < 2;
  setText("known", number ? number[0]?.toUpperCase() + number.slice(1) : "");
  setText("book-problem", "");
  offerTimes();
  offerNumber();
  callbackDialog.showModal();
}

async function bookCallback(): Promise<void> {
  const given = new FormData(book);
  const other = !known.callback.number || given.get("which") === "other";
  const wanted = { time: time.value, region: region.value, about: given.get("about"), ...(other && { number: given.get("number") }) };
  show(await (await call("call/callback", wanted)).json());
  callbackDialog.close();
  byId("done").focus();
}

async function offerCode(): Promise<void> {
  const { code } = await (await call("conversation/code", {})).json();
  setText("code", code);
  setText("address", location.host);
  codeDialog.showModal();
}

function clicked(id: string, act: () => Promise<void>): void {
  const node = byId(id);
  node.addEventListener("click", () => void attempt(node, act));
}

submitted("open", async () => open(await (await call("call/claim", { link })).json()));
submitted("type", async () => {
  const code = byId<HTMLInputElement>("typed").value;
  await open(await (await call("conversations/continue", { code })).json());
});
submitted("book", bookCallback, byId("book-problem"));
clicked("callback", async () => offerCallback());
clicked("place", async () => {
  show(await (await call("call/place", {})).json());
  byId("done").focus(); // the button is gone
});
clicked("ticket", async () => {
  await call("messages", { text: known.ticket, ...(known.region && { region: known.region }) });
  byId("chat").focus();
});
clicked("move", offerCode);
region.addEventListener("change", offerTimes);
book.addEventListener("change", offerNumber);
for (const node of document.querySelectorAll("[data-close]")) {
  node.addEventListener("click", () => node.closest("dialog")?.close());
}
void begin();
