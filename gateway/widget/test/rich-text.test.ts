import assert from "node:assert/strict";
import { test } from "node:test";
import "./dom.ts";
import { richText } from "../src/rich-text.ts";

const PHONE = (href: string, shown: string) => `<a href="tel:${href}" class="phone">${shown}</a>`;

const BLOCKS: [string, string][] = [
  ["Ett\n\nTvå", "<p>Ett</p><p>Två</p>"],
  ["rad\nrad", "<p>rad<br>rad</p>"],
  ["Så här:\n- a\n- b\n\nSlut", "<p>Så här:</p><ul><li>a</li><li>b</li></ul><p>Slut</p>"],
  ["1. a\n\n2. b", "<ol><li>a</li><li>b</li></ol>"],
  ["3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'],
  ["1. a\n   mer", "<ol><li>a<br>mer</li></ol>"],
  ["- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"],
  ["- inte-en-lista", "<ul><li>inte-en-lista</li></ul>"],
  ["-5 grader, 07:30-16:00, 2025-12-15", "<p>-5 grader, 07:30-16:00, 2025-12-15</p>"],
  ["Dnr SHS2020-00123 och RS 2023/87", "<p>Dnr SHS2020-00123 och RS 2023/87</p>"],
  ["(023-44 000)", `<p>(${PHONE("+462344000", "023-44 000")})</p>`],
  ["0700 - 82 43 53", `<p>${PHONE("+46700824353", "0700 - 82 43 53")}</p>`],
  ["018-611 77 10.", `<p>${PHONE("+46186117710", "018-611 77 10")}.</p>`],
  ["<b>&amp;</b>", "<p>&lt;b&gt;&amp;amp;&lt;/b&gt;</p>"],
  ["", ""],
];

for (const [text, html] of BLOCKS)
  test(`blocks of ${JSON.stringify(text)}`, () => {
    const place = document.createElement("div");
    place.append(richText(text));
    assert.equal(place.innerHTML, html);
  });

const LINKS: [string, string, string][] = [
  ["Se https://a.se/b.", "https://a.se/b", "https://a.se/b"],
  ["(https://a.se/b)", "https://a.se/b", "https://a.se/b"],
  ["https://a.se/b_(c)", "https://a.se/b_(c)", "https://a.se/b_(c)"],
  ["”https://a.se”", "https://a.se", "https://a.se"],
  ["[Text](https://a.se/b)", "https://a.se/b", "Text"],
  ["Mejla a.b@c.se.", "mailto:a.b@c.se", "a.b@c.se"],
];

for (const [text, href, shown] of LINKS)
  test(`links of ${text}`, () => {
    const place = document.createElement("div");
    place.append(richText(text));
    const links = [...place.querySelectorAll("a")].map((a) => [a.getAttribute("href"), a.textContent]);
    assert.deepEqual(links, [[href, shown]]);
  });

test("facts name short numbers and bare addresses", () => {
  const place = document.createElement("div");
  place.append(richText("Ring 1177 eller se www.1177.se, inte 11770.", [
    { kind: "phone", value: "1177" },
    { kind: "url", value: "www.1177.se" },
  ]));
  assert.deepEqual([...place.querySelectorAll("a")].map((a) => a.getAttribute("href")), ["tel:1177", "https://www.1177.se"]);
});
