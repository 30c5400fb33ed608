// The portal demo page around the chat: the choice of region, and whom to ring.

import { contacts } from "./api.ts";
import type { SupportlotsenChat } from "./chat.ts";
import type { Desk } from "./contract.ts";
import { element } from "./dom.ts";
import { badge } from "./message.ts";
import { richText } from "./rich-text.ts";
import { fill, hours } from "./texts.ts";

const REFRESH = 5 * 60_000;

const chat = document.querySelector<SupportlotsenChat>("supportlotsen-chat");
const choice = document.querySelector<HTMLFormElement>("#region");
const desks = document.querySelector("#desks");
const people = document.querySelector<HTMLElement>("#people");

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
