// <supportlotsen-chat region="VGR">: the conversation with the bot.
//
// Sends the event "regionknown" (detail: region code) when an answer shows which region the conversation is about.

import * as api from "./api.js";
import { element, icon } from "./dom.js";
import { recall, remember } from "./memory.js";
import { messageNode } from "./message.js";
import { openness } from "./moments.js";
import { texts } from "./texts.js";

const LONGEST = 2000;
const COUNT_FROM = 1800;
const SHOW_BUSY_AFTER = 250;
const SAY_STILL_BUSY_AFTER = 5000;
const LEAVING = 3000;

class SupportlotsenChat extends HTMLElement {
  #conversation = recall();
  #busy = false;
  #timers = [];
  #leavingSince = -Infinity;
  #parts;

  connectedCallback() {
    if (this.shadowRoot) return;
    this.#build();
    this.#restore();
    api.contacts(); // known already if the connection is lost
    window.addEventListener("beforeunload", () => (this.#leavingSince = performance.now()));
    window.addEventListener("beforeprint", () => {
      for (const folded of this.shadowRoot.querySelectorAll("details")) folded.open = true;
    });
  }

  get region() {
    return this.#conversation.region;
  }

  set region(code) {
    this.#conversation.region = code;
    remember(this.#conversation);
  }

  // ---- what is on the screen

  #build() {
    const root = this.attachShadow({ mode: "open" });
    const log = element("div", { class: "log", role: "log", "aria-label": texts.conversation });
    const starters = element(
      "div",
      { class: "starters", role: "group", "aria-label": texts.starters },
      element("p", { class: "starters-title", "aria-hidden": "true" }, texts.starters),
      ...texts.questions.map((question) =>
        element("button", { type: "button", class: "choice", onclick: () => this.#start(question) }, question),
      ),
    );
    const busy = element("div", { class: "busy", role: "status" });
    const scroll = element("div", { class: "scroll", tabIndex: 0, role: "group", "aria-label": texts.conversation }, log, starters, busy);
    const input = element("textarea", {
      id: "input",
      rows: 2,
      autocomplete: "off",
      "aria-describedby": "hint problem",
      enterKeyHint: "send",
      oninput: () => this.#onInput(),
      onkeydown: (event) => this.#onKey(event),
    });
    const count = element("p", { class: "count", "aria-live": "polite" });
    const problem = element("p", { class: "problem", id: "problem", role: "alert" });
    const form = element(
      "form",
      { noValidate: true, onsubmit: (event) => this.#submit(event) },
      element("label", { for: "input" }, texts.input),
      element(
        "div",
        { class: "row" },
        input,
        element("button", { type: "submit", class: "send" }, element("span", {}, texts.send), icon("send")),
      ),
      problem,
      element("div", { class: "small-print" }, element("p", { id: "hint" }, texts.hint), count),
    );
    const dialog = this.#restartDialog();
    const restart = element(
      "button",
      { type: "button", class: "quiet", onclick: () => dialog.showModal() },
      icon("restart"),
      texts.restart,
    );
    const header = element(
      "header",
      {},
      element("span", { class: "avatar" }, icon("lifebuoy")),
      element("div", { class: "titles" }, element("h2", { id: "title" }, texts.title), element("p", {}, texts.subtitle)),
      restart,
    );
    this.#parts = { log, starters, busy, scroll, input, count, problem, form, restart };
    root.append(
      element("link", { rel: "stylesheet", href: new URL("chat.css", import.meta.url).href }),
      element("section", { class: "chat", "aria-labelledby": "title" }, header, scroll, form, dialog),
    );
  }

  #restartDialog() {
    const dialog = element(
      "dialog",
      { "aria-labelledby": "restart-question" },
      element("h3", { id: "restart-question" }, texts.restartQuestion),
      element("p", {}, texts.restartConsequence),
      element(
        "form",
        { method: "dialog", class: "row" },
        element("button", { value: "cancel", class: "quiet" }, texts.cancel),
        element("button", { value: "restart", class: "send" }, texts.restart),
      ),
    );
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "restart") this.#startOver();
      dialog.returnValue = "";
    });
    return dialog;
  }

  #restore() {
    const { entries, draft } = this.#conversation;
    if (draft) this.#write(draft);
    if (!entries.length) {
      this.#welcome();
      return;
    }
    // A reader heard these before the reload; only what comes now is news.
    this.#parts.log.setAttribute("aria-live", "off");
    entries.forEach((entry) => this.#show(entry));
    const last = entries.at(-1);
    if (last.from === "user") {
      this.#add({ from: "note", text: texts.interrupted });
      this.#offerRetry({ text: last.text }, last.text);
    }
    requestAnimationFrame(() => {
      this.#toEnd();
      this.#parts.log.setAttribute("aria-live", "polite");
    });
  }

  #welcome() {
    this.#add({ from: "bot", text: texts.welcome });
  }

  #add(entry) {
    const whole = { at: new Date().toISOString(), ...entry };
    this.#conversation.entries.push(whole);
    remember(this.#conversation);
    return this.#show(whole);
  }

  #show(entry) {
    const node = messageNode(entry, (index) => this.#choose(entry, node, index));
    this.#parts.log.append(node);
    this.#parts.starters.hidden = this.#conversation.entries.some((each) => each.from === "user");
    return node;
  }

  #remove(entryNode, entry) {
    entryNode.remove();
    this.#conversation.entries = this.#conversation.entries.filter((each) => each !== entry);
    remember(this.#conversation);
    this.#parts.starters.hidden = this.#conversation.entries.some((each) => each.from === "user");
  }

  #offerRetry(message, shown) {
    const node = this.#parts.log.lastElementChild;
    const retry = element(
      "button",
      {
        type: "button",
        class: "choice",
        onclick: () => {
          if (this.#busy) return;
          retry.parentElement.remove();
          this.#exchange(message, shown, { echo: false });
        },
      },
      icon("restart"),
      texts.retry,
    );
    const place = element("div", { class: "choices retry" }, retry);
    node.classList.contains("note") ? node.after(place) : node.querySelector(".bubble").after(place);
  }

  #setBusy(busy) {
    this.#busy = busy;
    this.#timers.forEach(clearTimeout);
    this.#parts.form.querySelector(".send").setAttribute("aria-disabled", String(busy));
    this.#parts.busy.replaceChildren();
    if (!busy) return;
    const say = (text) => {
      const dots = element("span", { class: "dots", "aria-hidden": "true" }, ...[0, 1, 2].map(() => element("i")));
      this.#parts.busy.replaceChildren(dots, text);
      this.#toEnd();
    };
    this.#timers = [
      setTimeout(say, SHOW_BUSY_AFTER, texts.busy),
      setTimeout(say, SAY_STILL_BUSY_AFTER, texts.stillBusy),
    ];
  }

  #setProblem(text) {
    this.#parts.problem.textContent = text;
    this.#parts.input.setAttribute("aria-invalid", String(Boolean(text)));
  }

  #onInput() {
    this.#conversation.draft = this.#parts.input.value;
    remember(this.#conversation);
    this.#count();
  }

  #write(text) {
    this.#parts.input.value = text;
    this.#onInput();
  }

  #count() {
    const left = LONGEST - characters(this.#parts.input.value.trim());
    this.#parts.count.textContent = left <= LONGEST - COUNT_FROM && left >= 0 ? texts.left(left) : "";
    if (left >= 0) this.#setProblem("");
  }

  #toEnd() {
    const { scroll, form } = this.#parts;
    if (scrolls(scroll)) scroll.scrollTo({ top: scroll.scrollHeight, behavior: "instant" });
    else if (this.#conversation.entries.some((entry) => entry.from === "user")) form.scrollIntoView({ block: "end", behavior: "instant" });
  }

  /** Shows the question and the beginning of its answer, however long the answer is. */
  #toNode(node) {
    const { scroll } = this.#parts;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
    if (scrolls(scroll)) scroll.scrollTo({ top: node.offsetTop - 16, behavior });
    else node.scrollIntoView({ block: "start", behavior });
  }

  // ---- what the user does

  #onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#parts.input.value.trim();
    if (this.#busy) return;
    if (!text) {
      this.#setProblem(texts.empty);
      this.#parts.input.focus();
      return;
    }
    if (characters(text) > LONGEST) {
      this.#setProblem(texts.tooLong(grouped(characters(text)), grouped(LONGEST)));
      return;
    }
    this.#write("");
    this.#ask(text);
  }

  #ask(text) {
    if (!this.#busy) this.#exchange({ text }, text);
  }

  #start(question) {
    if (this.#busy) return;
    this.#focusInput();
    this.#ask(question);
  }

  #choose(entry, node, index) {
    if (this.#busy || entry.chosen !== undefined) return;
    const { title, payload } = entry.buttons[index];
    this.#markChosen(entry, node, index);
    this.#focusInput();
    this.#exchange({ button: payload }, title, { undo: () => this.#markChosen(entry, node, undefined) });
  }

  #markChosen(entry, node, index) {
    entry.chosen = index;
    remember(this.#conversation);
    node.querySelectorAll(".choices:not(.retry) .choice").forEach((button, position) => {
      button.disabled = index !== undefined;
      button.classList.toggle("chosen", position === index);
    });
  }

  /** The pressed button goes away or is disabled, so focus moves on; on a phone that must not raise the keyboard. */
  #focusInput() {
    (matchMedia("(pointer: fine)").matches ? this.#parts.input : this.#parts.scroll).focus({ preventScroll: true });
  }

  #startOver() {
    const { region, draft } = this.#conversation;
    this.#conversation = { token: null, region, draft, entries: [] };
    this.#parts.log.replaceChildren();
    this.#setProblem("");
    this.#welcome();
    this.#parts.scroll.scrollTo({ top: 0 });
    this.#focusInput();
  }

  // ---- one turn

  /** `echo`: show the question; false when it stands there already. `undo` puts a pressed button back. */
  async #exchange(message, shown, { echo = true, undo } = {}) {
    const conversation = this.#conversation;
    const question = echo ? this.#add({ from: "user", text: shown }) : null;
    const questionEntry = echo ? conversation.entries.at(-1) : null;
    this.#toEnd();
    this.#setBusy(true);
    let answer;
    try {
      answer = await this.#send(message, shown);
    } catch (error) {
      if (!(error instanceof api.Unreachable)) console.error(error);
      // Leaving the page cuts the request off: that is no failure, and the question must be there after a reload.
      if (performance.now() - this.#leavingSince < LEAVING) await new Promise((resume) => setTimeout(resume, LEAVING));
      answer = null;
    }
    this.#setBusy(false);
    if (conversation !== this.#conversation) return; // started over meanwhile
    if (!Array.isArray(answer?.messages) || !answer.messages.length) {
      await this.#unreachable(message, shown, { question, questionEntry, undo });
      return;
    }
    const nodes = answer.messages.map((each) => this.#add({ from: "bot", ...each }));
    const failed = answer.error || answer.messages.some((each) => each.custom?.outcome === "failed");
    if (failed) this.#offerRetry(message, shown);
    this.#toNode(question ?? nodes[0]);
    const region = answer.messages.map((each) => each.custom?.region).findLast(Boolean);
    if (region && region !== this.region) {
      this.region = region;
      this.dispatchEvent(new CustomEvent("regionknown", { detail: region, bubbles: true }));
    }
  }

  /** Sends, with a new conversation if the old one has ended and in words if a button is no longer known. */
  async #send(message, shown) {
    const conversation = this.#conversation;
    const whole = { ...message, region: this.region || undefined };
    conversation.token ??= await api.start();
    let answer = await api.send(conversation.token, whole);
    if (answer.error === "session") {
      conversation.token = await api.start();
      this.#add({ from: "note", text: texts.expired });
      answer = await api.send(conversation.token, whole);
    }
    if (answer.error === "button") answer = await api.send(conversation.token, { text: shown, region: whole.region });
    remember(conversation);
    return answer;
  }

  /** Nothing is lost: what was typed goes back to the box, a pressed button can be pressed again. */
  async #unreachable(message, shown, { question, questionEntry, undo }) {
    const { input } = this.#parts;
    const backInBox = question && message.text && !input.value.trim();
    if (backInBox) {
      this.#remove(question, questionEntry);
      this.#write(shown);
    } else if (undo) {
      this.#remove(question, questionEntry);
      undo();
    }
    const desks = await api.contacts();
    const facts = desks.flatMap((desk) => desk.ways);
    const lines = desks.map((desk) => contactLine(desk));
    const text = [message.text ? texts.unsent : texts.unsentChoice, [texts.reach, ...lines].join("\n")];
    const node = this.#add({
      from: "bot",
      text: (desks.length ? text : text.slice(0, 1)).join("\n\n"),
      custom: { outcome: "failed", facts },
    });
    if (!backInBox && !undo) this.#offerRetry(message, shown);
    this.#toNode(node);
  }
}

function contactLine(desk) {
  const state = openness({ open: desk.open, next_open: desk.next_open }, new Date());
  const ways = desk.ways.map((way) => way.value).join(", ");
  return `- ${desk.name}: ${ways}. ${desk.hours ? `${texts.hours(desk.hours)}. ` : ""}${state ? `${state.text}.` : ""}`;
}

function scrolls(node) {
  return getComputedStyle(node).overflowY === "auto";
}

/** As the gateway counts them: an emoji is one or a few, never half of one. */
function characters(text) {
  return [...text].length;
}

function grouped(number) {
  return new Intl.NumberFormat("sv-SE").format(number);
}

customElements.define("supportlotsen-chat", SupportlotsenChat);
