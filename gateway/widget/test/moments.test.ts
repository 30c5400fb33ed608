import assert from "node:assert/strict";
import { test } from "node:test";
import { dateOf, openness } from "../src/moments.ts";
import { en, fill, sv } from "../src/texts.ts";

const SUNDAY = new Date("2026-11-22T12:00:00+01:00");
const CLOSED = { open: false, next_open: "2026-11-23T07:30:00+01:00" };

test("closed now tells when it opens", () => {
  assert.equal(openness(CLOSED, SUNDAY, SUNDAY)?.text, "Stängt nu, öppnar i morgon kl. 07:30");
});

test("an old answer does not say now", () => {
  const read = new Date("2026-11-23T08:00:00+01:00");
  const text = openness(CLOSED, SUNDAY, read)?.text;
  assert.equal(text, "Stängt söndag 22 november kl. 12:00, öppnar måndag 23 november kl. 07:30");
});

test("another time than now is dated, midnight by its day alone", () => {
  const custom = { at: "2026-12-25T00:00:00+01:00", open: false, next_open: "2027-01-04T07:30:00+01:00" };
  const text = openness(custom, SUNDAY, SUNDAY)?.text;
  assert.equal(text, "Stängt fredag 25 december, öppnar måndag 4 januari 2027 kl. 07:30");
});

test("nothing is claimed where nothing is known", () => {
  assert.equal(openness({ open: null }, SUNDAY), null);
  assert.equal(openness({}, SUNDAY), null);
});

test("dates in words, and only dates", () => {
  assert.equal(dateOf("2025-12-15"), "15 december 2025");
  assert.equal(dateOf("odaterad (innehåll ca 2016)"), null);
  assert.equal(dateOf(undefined), null);
});

test("both languages have the same texts with the same places to fill in", () => {
  const places = (texts: object) =>
    Object.entries(texts).map(([key, text]) => [key, [...new Set(String(text).match(/\{\d\}/g))].sort().join()]);
  assert.deepEqual(Object.fromEntries(places(en)), Object.fromEntries(places(sv)));
});

test("templates are filled in their order", () => {
  assert.equal(fill("{1} av {0}", 10, "$&"), "$& av 10");
});
