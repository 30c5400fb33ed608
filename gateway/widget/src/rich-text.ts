// The bot's plain text as nodes: paragraphs, lists, links, telephone numbers and mailboxes.

import type { Fact } from "./contract.ts";
import { element } from "./dom.ts";

const PATTERNS = [
  /\[(?<label>[^\]\n]+)\]\((?<target>https?:\/\/[^\s)]+)\)/,
  /(?<url>https?:\/\/[^\s<>"”»]+)/,
  /(?<mail>[\p{L}\p{N}._+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)+)/u,
  /(?<![\d\/.\-])0\d{1,3}[ \u00a0\-]{1,3}\d{2,3}(?:[ \u00a0\-]\d{2,3}){1,3}(?!\d)/,
];
/** Telephone numbers and addresses that are links only because a fact of the answer names them. */
const NAMED: Record<string, RegExp> = { phone: /^\d{3,6}$/, url: /^[\p{L}\p{N}\-]+(\.[\p{L}\p{N}\-]+)+(\/\S*)?$/u };

/** A fragment of blocks. `facts` (reply contract) name short numbers and addresses that look like plain words. */
export function richText(text: string, facts: Fact[] = []): DocumentFragment {
  const inline = inlineReader(facts);
  const fragment = document.createDocumentFragment();
  let block: HTMLElement | null = null;
  let next = 0;
  let ended = true;
  for (const line of text.split("\n").map((each) => each.trim())) {
    const [item, ordinal, words = line] = /^(?:[-–•]|(\d{1,3})[.)])\s+(.*)$/.exec(line) ?? [];
    const nodes = inline(words);
    if (item) {
      const kind = ordinal ? "ol" : "ul";
      const number = Number(ordinal ?? 0);
      if (block?.localName !== kind || (number && number !== next))
        fragment.append((block = element(kind, number > 1 ? { start: number } : {}) as HTMLElement));
      block.append(element("li", {}, ...nodes));
      next = number + 1;
    } else if (block && line && !ended) {
      const open = block.localName === "p" ? block : block.lastElementChild;
      open?.append(element("br"), ...nodes);
    } else if (line) fragment.append((block = element("p", {}, ...nodes)));
    ended = !line;
  }
  return fragment;
}

function inlineReader(facts: Fact[]): (text: string) => (Node | string)[] {
  const named = facts
    .filter((fact) => typeof fact?.value === "string" && NAMED[fact.kind]?.test(fact.value))
    .map(({ value }) => value.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
    .sort((one, other) => other.length - one.length);
  const patterns = PATTERNS.map(({ source }) => source);
  if (named[0]) patterns.push(`(?<![\\p{L}\\p{N}./@\\-])(?<name>${named.join("|")})(?![\\p{L}\\p{N}/]|\\.[\\p{L}\\p{N}])`);
  const pattern = new RegExp(patterns.join("|"), "gu");

  return (text) => {
    const nodes: (Node | string)[] = [];
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      const { label, target, url, mail, name = "" } = match.groups ?? {};
      const shown = label ?? (url ? withoutTrailingPunctuation(url) : match[0]);
      const address = target ?? (url && shown) ?? (/\D/.test(name) && `https://${name}`);
      nodes.push(text.slice(end, match.index));
      if (address) nodes.push(webLink(address, shown));
      else if (mail) nodes.push(element("a", { href: `mailto:${mail}` }, mail));
      else nodes.push(element("a.phone", { href: `tel:${dialled(shown)}` }, shown));
      end = match.index + (label ? match[0] : shown).length;
    }
    return [...nodes, text.slice(end)];
  };
}

/** On paper, a link that is named otherwise than by its address shows that too. */
function webLink(address: string, shown: string): Node | string {
  if (!URL.canParse(address)) return shown;
  return element(address === shown ? "a" : "a.named", { href: address, target: "_blank", rel: "noopener noreferrer" }, shown);
}

/** "010-47 37 100" → "+46104737100", which also works from a phone abroad; short numbers as they are. */
function dialled(number: string): string {
  return number.replace(/\D/g, "").replace(/^0/, "+46");
}

function withoutTrailingPunctuation(url: string): string {
  return url.replace(url.includes("(") ? /[.,;:!?'’]+$/ : /[.,;:!?'’)]+$/, "");
}
