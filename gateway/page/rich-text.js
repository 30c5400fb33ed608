// The bot's plain text as nodes: paragraphs, lists, links, telephone numbers and mailboxes.

import { element } from "./dom.js";

const PATTERNS = [
  String.raw`\[(?<label>[^\]\n]+)\]\((?<target>https?:\/\/[^\s)]+)\)`,
  String.raw`(?<url>https?:\/\/[^\s<>"”»]+)`,
  String.raw`(?<mail>[\p{L}\p{N}._+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)+)`,
  String.raw`(?<phone>(?<![\d\/.\-])0\d{1,3}[ \u00a0\-]{1,3}\d{2,3}(?:[ \u00a0\-]\d{2,3}){1,3}(?!\d))`,
];

/** A fragment of blocks. `facts` (reply contract) name short numbers and addresses that look like plain words. */
export function richText(text, facts = []) {
  const inline = inlineReader(facts);
  const fragment = document.createDocumentFragment();
  let block = null;
  for (const line of text.split(/\r?\n/)) {
    const bullet = /^\s*[-–•]\s+(.*)$/.exec(line);
    const step = /^\s*(\d{1,3})[.)]\s+(.*)$/.exec(line);
    if (!line.trim()) {
      if (block) block.ended = true;
    } else if (bullet) {
      block = listFor(fragment, block, "ul");
      block.node.append(element("li", {}, ...inline(bullet[1])));
    } else if (step) {
      block = listFor(fragment, block, "ol", Number(step[1]));
      block.node.append(element("li", {}, ...inline(step[2])));
      block.next = Number(step[1]) + 1;
    } else if (block && !block.ended) {
      const open = block.kind === "p" ? block.node : block.node.lastElementChild;
      open.append(element("br"), ...inline(line.trim()));
    } else {
      block = { kind: "p", node: element("p", {}, ...inline(line.trim())) };
      fragment.append(block.node);
    }
  }
  return fragment;
}

function listFor(fragment, block, kind, number) {
  const continues = block?.kind === kind && (kind === "ul" || block.next === number);
  if (continues) {
    block.ended = false;
    return block;
  }
  const node = element(kind, kind === "ol" && number !== 1 ? { start: number } : {});
  fragment.append(node);
  return { kind, node };
}

function inlineReader(facts) {
  const shortNumbers = values(facts, "phone").filter((value) => /^\d{3,6}$/.test(value));
  const bareAddresses = values(facts, "url").filter((value) => /^[\p{L}\p{N}\-]+(\.[\p{L}\p{N}\-]+)+(\/\S*)?$/u.test(value));
  const patterns = [...PATTERNS];
  if (bareAddresses.length) patterns.push(`(?<bare>(?<![\\p{L}\\p{N}./@])(?:${alternatives(bareAddresses)})(?![\\p{L}\\p{N}/]))`);
  if (shortNumbers.length) patterns.push(`(?<short>(?<![\\p{L}\\p{N}./\\-])(?:${alternatives(shortNumbers)})(?![\\p{L}\\p{N}]|\\.[\\p{L}\\p{N}]))`);
  const pattern = new RegExp(patterns.join("|"), "gu");

  return (text) => {
    const nodes = [];
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      const { label, target, url, mail, phone, short, bare } = match.groups;
      let shown = label ?? match[0];
      if (url) shown = withoutTrailingPunctuation(url);
      const address = target ?? (url && shown) ?? (bare && `https://${bare}`);
      let node;
      if (address) node = webLink(address, shown);
      else if (mail) node = element("a", { href: `mailto:${mail}` }, mail);
      else node = element("a", { href: `tel:${dialled(phone ?? short)}`, class: "phone" }, shown);
      nodes.push(text.slice(end, match.index), node);
      end = match.index + (label ? match[0].length : shown.length);
    }
    nodes.push(text.slice(end));
    return nodes.filter((node) => node !== "");
  };
}

function webLink(address, shown) {
  return URL.canParse(address)
    ? element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, shown)
    : document.createTextNode(shown);
}

/** "010-47 37 100" → "+46104737100", which also works from a phone abroad; short numbers as they are. */
export function dialled(number) {
  const digits = number.replace(/\D/g, "");
  return digits.startsWith("0") ? `+46${digits.slice(1)}` : digits;
}

function withoutTrailingPunctuation(url) {
  const trimmed = url.replace(/[.,;:!?'’]+$/, "");
  const unpaired = trimmed.endsWith(")") && !trimmed.includes("(");
  return unpaired ? withoutTrailingPunctuation(trimmed.slice(0, -1)) : trimmed;
}

function values(facts, kind) {
  return facts.filter((fact) => fact?.kind === kind && typeof fact.value === "string").map((fact) => fact.value.trim());
}

function alternatives(strings) {
  return strings
    .sort((one, other) => other.length - one.length)
    .map((string) => string.replace(/[.*+?^${}()|[\]\\\/]/g, String.raw`\$&`))
    .join("|");
}
