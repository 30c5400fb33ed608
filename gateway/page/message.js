// One message of the conversation as a node.

import { element, icon } from "./dom.js";
import { clock, longDate, openness } from "./moments.js";
import { richText } from "./rich-text.js";
import { texts } from "./texts.js";

/** `entry`: `{from, text, at, buttons?, custom?, chosen?}`; `choose(index)` is called when a button is pressed. */
export function messageNode(entry, choose) {
  if (entry.from === "note") return element("p", { class: "note" }, entry.text);
  return entry.from === "user" ? userNode(entry) : botNode(entry, choose);
}

function userNode(entry) {
  const bubble = element("div", { class: "bubble" }, speaker(texts.you));
  entry.text.split("\n").forEach((line, index) => bubble.append(...(index ? [element("br")] : []), line));
  return element("div", { class: "message user" }, bubble, timeNode(entry));
}

function botNode(entry, choose) {
  const custom = entry.custom ?? {};
  const bubble = element(
    "div",
    { class: "bubble" },
    speaker(texts.name),
    richText(entry.text, listOf(custom.facts)),
    badgeNode(custom, new Date(entry.at)),
    noticesNode(listOf(custom.notices)),
    sourcesNode(listOf(custom.sources)),
  );
  const failed = custom.outcome === "failed";
  const node = element("div", { class: failed ? "message bot failed" : "message bot" }, bubble);
  if (entry.buttons?.length) node.append(choicesNode(entry, choose));
  node.append(timeNode(entry));
  return node;
}

function speaker(name) {
  return element("span", { class: "unseen" }, `${name}: `);
}

function timeNode(entry) {
  const at = new Date(entry.at);
  return element("time", { class: "time", dateTime: at.toISOString() }, clock(at));
}

function badgeNode(custom, told) {
  const state = openness(custom, told);
  return state && element("p", { class: state.open ? "badge open" : "badge closed" }, icon("clock"), state.text);
}

function noticesNode(notices) {
  const written = notices.filter((notice) => typeof notice === "string" && notice.trim());
  if (!written.length) return null;
  return element(
    "div",
    { class: "notices", role: "note" },
    element("p", { class: "notices-title" }, icon("warning"), texts.notice),
    ...written.map((notice) => element("div", {}, richText(notice))),
  );
}

function sourcesNode(sources) {
  const told = sources.filter((source) => typeof source?.title === "string");
  if (!told.length) return null;
  const summary = told.length === 1 ? texts.source : texts.sources(told.length);
  return element(
    "details",
    { class: "sources", ontoggle: (event) => event.target.open && event.target.scrollIntoView({ block: "nearest" }) },
    element("summary", {}, icon("document"), summary),
    element("ul", {}, ...told.map(sourceNode)),
  );
}

function sourceNode(source) {
  const date = longDate(source.dated);
  const dated = date ? texts.dated(date) : source.dated && texts.undated(source.dated);
  return element(
    "li",
    {},
    element("cite", {}, source.title),
    source.section ? element("span", { class: "section" }, source.section) : null,
    dated ? element("span", { class: "dated" }, dated) : null,
  );
}

function choicesNode(entry, choose) {
  return element(
    "div",
    { class: "choices", role: "group", "aria-label": texts.choices },
    ...entry.buttons.map((button, index) =>
      element(
        "button",
        {
          type: "button",
          class: entry.chosen === index ? "choice chosen" : "choice",
          disabled: entry.chosen !== undefined,
          onclick: () => choose(index),
        },
        button.title,
      ),
    ),
  );
}

function listOf(value) {
  return Array.isArray(value) ? value : [];
}
