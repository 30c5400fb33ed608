// The portal page around the chat: the choice of region, and whom to ring.

import * as api from "./api.js";
import "./chat.js";
import { element, icon } from "./dom.js";
import { openness } from "./moments.js";
import { richText } from "./rich-text.js";
import { texts } from "./texts.js";

const REFRESH = 5 * 60_000;

const chat = document.querySelector("supportlotsen-chat");
const choice = document.querySelector("#region");
const desks = document.querySelector("#desks");

function selectRegion(code) {
  const radio = [...choice.elements].find((each) => each.value === code) ?? choice.elements.namedItem("unknown");
  radio.checked = true;
  showDesksOf(code);
}

function showDesksOf(code) {
  const cards = [...desks.children];
  const own = cards.some((card) => card.dataset.region === code);
  for (const card of cards) card.hidden = own && card.dataset.region !== code;
}

function deskCard(desk) {
  const state = openness({ open: desk.open, next_open: desk.next_open }, new Date());
  const card = element(
    "li",
    { class: "desk" },
    element("h3", {}, desk.name),
    ...desk.ways.map((way) => element("div", { class: `way ${way.kind}` }, richText(way.value, [way]))),
    desk.hours ? element("p", { class: "hours" }, texts.hours(desk.hours)) : null,
    state && element("p", { class: state.open ? "badge open" : "badge closed" }, icon("clock"), state.text),
    desk.on_call && desk.on_call_how ? element("div", { class: "hours" }, richText(desk.on_call_how)) : null,
  );
  card.dataset.region = desk.region;
  return card;
}

choice.addEventListener("change", () => {
  chat.region = choice.elements.namedItem("region").value;
  showDesksOf(chat.region);
});
chat.addEventListener("regionknown", (event) => selectRegion(event.detail));

async function showDesks() {
  const known = await api.contacts({ fresh: true });
  if (desks.contains(document.activeElement)) return; // somebody is about to follow a link there
  desks.replaceChildren(...known.map(deskCard));
  document.querySelector("#people").hidden = known.length === 0;
  showDesksOf(chat.region);
}

function refreshDesks() {
  if (document.visibilityState === "visible") showDesks();
}

selectRegion(chat.region);
await showDesks();
setInterval(refreshDesks, REFRESH);
document.addEventListener("visibilitychange", refreshDesks);
