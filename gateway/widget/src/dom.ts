// Builds nodes; text never becomes markup, and nothing is styled inline.

export type Child = Node | string | 0 | null | undefined | false;
type Value = string | number | boolean | ((event: never) => unknown);
type Named<Spec> = Spec extends `${infer Tag}.${string}` ? Tag : Spec;
type Tags = HTMLElementTagNameMap;

/** `element("p.note", { id: "x" }, "text")`: tag and classes, attributes and handlers, children. */
export function element<Spec extends string>(
  spec: Spec,
  properties?: Record<string, Value>,
  ...children: Child[]
): Named<Spec> extends keyof Tags ? Tags[Named<Spec>] : never;
export function element(spec: string, properties: Record<string, Value> = {}, ...children: Child[]): HTMLElement {
  const [tag = "", ...classes] = spec.split(".");
  const node = dressed(document.createElement(tag), properties);
  if (classes[0]) node.className = classes.join(" ");
  node.append(...children.filter((child): child is Node | string => Boolean(child)));
  return node;
}

function dressed<Kind extends Element>(node: Kind, properties: Record<string, Value>): Kind {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") Object.assign(node, { [name]: value });
    else node.setAttribute(name, String(value));
  }
  return node;
}

/** A button with classes and what it does. */
export function button(classes: string, onclick: () => void, ...children: Child[]): HTMLButtonElement {
  return element(`button.${classes}`, { type: "button", onclick }, ...children);
}

/** A button that is only an icon. */
export function tool(name: keyof typeof PATHS, label: string, onclick: () => void): HTMLButtonElement {
  const node = button("tool", onclick, icon(name));
  describe(node, label);
  return node;
}

/** A name for screen readers and for the pointer. */
export function describe(node: HTMLElement, label: string): void {
  node.title = label;
  node.setAttribute("aria-label", label);
}

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  chat: "M4 5h16v11h-8l-5 4v-4H4z",
  send: "M5 12h14m-6-6 6 6-6 6",
  person: "M8 8a4 4 0 1 0 8 0 4 4 0 1 0-8 0M5 20a7 7 0 0 1 14 0",
  document: "M6 3h8l4 4v14H6zm3 9h6m-6 4h6",
  warning: "M12 4 3 20h18zm0 6v4m0 3v0",
  clock: "M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0m9-5v5l3 2",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  thumb: "M7 11v9H4v-9zl4-8q3 1 1 6h6q2 0 2 3l-2 6q-1 2-2 2H7",
  dots: "M5 12h0m7 0h0m7 0h0",
  close: "m5 9 7 7 7-7",
};

/** A small line drawing that says nothing to a screen reader. */
export function icon(name: keyof typeof PATHS): SVGElement {
  const svg = dressed(document.createElementNS(SVG, "svg"), { viewBox: "0 0 24 24", "aria-hidden": true });
  svg.append(dressed(document.createElementNS(SVG, "path"), { d: PATHS[name] }));
  return svg;
}
