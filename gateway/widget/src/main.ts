// <script src="https://gateway/widget.js" data-region="VGR" data-lang="sv" defer></script>
//
// Puts a floating chat on the page, unless the page holds a <supportlotsen-chat> of its own.

import { reach } from "./api.ts";
import { SupportlotsenChat } from "./chat.ts";

const TAG = "supportlotsen-chat";
const script = document.currentScript;

if (!customElements.get(TAG)) {
  if (script instanceof HTMLScriptElement && script.src) reach(new URL(script.src).origin);
  customElements.define(TAG, SupportlotsenChat);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
  else place();
}

function place(): void {
  if (document.querySelector(TAG)) return;
  const chat = document.createElement(TAG);
  chat.setAttribute("floating", "");
  const given = script instanceof HTMLScriptElement ? script.dataset : {};
  if (given["region"]) chat.setAttribute("region", given["region"]);
  chat.lang = given["lang"] ?? "sv";
  document.body.append(chat);
}
