// Moments in words, in the language of the texts and always as the clock shows in Sweden.

import type { Custom } from "./contract.ts";
import { fill, texts } from "./texts.ts";

const A_MOMENT = 5 * 60_000;
const A_WHILE = 15 * 60_000;
const DAY = 24 * 60 * 60_000;

export function clock(moment: Date): string {
  return format(moment, { hour: "2-digit", minute: "2-digit" });
}

/** "2025-12-15" → "15 december 2025"; null for what is no date. */
export function dateOf(dated = ""): string | null {
  const date = read(/^\d{4}-\d\d-\d\d/.exec(dated)?.[0]);
  return date && format(date, { day: "numeric", month: "long", year: "numeric" });
}

/** Whether a desk is open, or null when `custom` does not say. `told`: when it was answered. */
export function openness(custom: Custom, told: Date, now = new Date()): { open: boolean; text: string } | null {
  const { open } = custom;
  if (typeof open !== "boolean") return null;
  const asked = read(custom.at) ?? told;
  const opens = open ? null : read(custom.next_open);
  // Another time than now, or an answer that is read again later: "now" would be wrong.
  const fresh = Math.abs(+asked - +told) < A_MOMENT && +now - +told < A_WHILE;
  const state = fresh
    ? open ? texts.openNow : texts.closedNow
    : fill(open ? texts.openAt : texts.closedAt, when(asked, told, false));
  return { open, text: opens ? `${state}, ${fill(texts.opens, when(opens, told, fresh))}` : state };
}

/** "i dag kl. 12:30" where `near` allows it, "måndag 23 november kl. 07:30", or the day alone for midnight. */
function when(moment: Date, now: Date, near: boolean): string {
  const time = clock(moment);
  if (near && day(moment) === day(now)) return fill(texts.today, time);
  if (near && day(moment) === day(new Date(+now + DAY))) return fill(texts.tomorrow, time);
  const sameYear = day(moment).slice(0, 4) === day(now).slice(0, 4);
  const date = format(moment, { weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
  return time === "00:00" ? date : fill(texts.atTime, date, time);
}

function day(moment: Date): string {
  return format(moment, {}, "sv");
}

function format(moment: Date, options: Intl.DateTimeFormatOptions, locale = texts.locale): string {
  return new Intl.DateTimeFormat(locale, { timeZone: "Europe/Stockholm", ...options }).format(moment);
}

function read(moment: string | null | undefined): Date | null {
  const date = new Date(moment ?? "");
  return +date ? date : null;
}
