// The portal demo page around the chat: the choice of region, whom to ring, and a conversation that was begun elsewhere.

import { call, contacts, type Failure } from "./api.ts";
import type { SupportlotsenChat } from "./chat.ts";
import type { Desk } from "./contract.ts";
import { element } from "./dom.ts";
import { forget, recall, remember } from "./memory.ts";
import { badge } from "./message.ts";
import { richText } from "./rich-text.ts";
import { fill, hours, texts } from "./texts.ts";

const REFRESH = 5 * 60_000;

const chat = document.querySelector<SupportlotsenChat>("supportlotsen-chat");
const choice = document.querySelector<HTMLFormElement>("#region");
const desks = document.querySelector("#desks");
const people = document.querySelector<HTMLElement>("#people");
const entry = document.querySelector<HTMLFormElement>("#continue");
const codeProblem = document.querySelector<HTMLElement>("#code-problem");

function selectRegion(code: string): void {
  const radios = [...(choice?.querySelectorAll<HTMLInputElement>("input[name=region]") ?? [])];
  const radio = radios.find((each) => each.value === code) ?? radios.find((each) => each.value === "");
  if (radio) radio.checked = true;
  showDesksOf(code);
}

function showDesksOf(code: string): void {
  const cards = [...(desks?.children ?? [])] as HTMLElement[];
  const own = cards.some((card) => card.dataset["region"] === code);
  for (const card of cards) card.hidden = own && card.dataset["region"] !== code;
}

function deskCard(desk: Desk): HTMLElement {
  const card = element(
    "li.desk",
    {},
    element("h3", {}, desk.name),
    ...desk.ways.map((way) => element("div.way", {}, richText(way.value, [way]))),
    desk.hours ? element("p.hours", {}, fill(hours, desk.hours)) : null,
    badge(desk, new Date()),
    desk.on_call && desk.on_call_how ? element("div.hours", {}, richText(desk.on_call_how)) : null,
  );
  card.dataset["region"] = desk.region;
  return card;
}

async function showDesks(): Promise<void> {
  if (!desks || !people || document.visibilityState !== "visible") return;
  const known = await contacts();
  if (!known.length || desks.contains(document.activeElement)) return; // unknown, or somebody is about to follow a link
  desks.replaceChildren(...known.map(deskCard));
  people.hidden = false;
  showDesksOf(chat?.region ?? "");
}

/** The conversation takes the place of the one that is shown; the chat reads it when the page begins anew. */
async function resume(code: string): Promise<void> {
  try {
    const begun = await (await call("conversations/continue", { code })).json();
    recall(location.origin);
    forget();
    remember({ token: begun.token, region: begun.region ?? "", maxLength: begun.max_length });
    location.reload();
  } catch (error) {
    if (codeProblem) codeProblem.textContent = (error as Failure).detail?.split("\n")[0] ?? texts.offline;
  }
}

entry?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (codeProblem) codeProblem.textContent = "";
  void resume(entry.querySelector<HTMLInputElement>("input")?.value ?? "");
});
choice?.addEventListener("change", () => {
  const code = choice.querySelector<HTMLInputElement>("input[name=region]:checked")?.value ?? "";
  if (chat) chat.region = code;
  showDesksOf(code);
});
chat?.addEventListener("regionknown", (event) => selectRegion((event as CustomEvent<string>).detail));
document.addEventListener("visibilitychange", () => void showDesks());
setInterval(() => void showDesks(), REFRESH);

selectRegion(chat?.region ?? "");
void showDesks();
