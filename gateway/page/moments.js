// Moments in Swedish, always as the clock shows in Sweden.

import { texts } from "./texts.js";

const ZONE = "Europe/Stockholm";
const format = (options) => new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, ...options });
const CLOCK = format({ hour: "2-digit", minute: "2-digit" });
const WEEKDAY = format({ weekday: "long", day: "numeric", month: "long" });
const WEEKDAY_AND_YEAR = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const DATE = new Intl.DateTimeFormat("sv-SE", { timeZone: "UTC", day: "numeric", month: "long", year: "numeric" });
const DAY_KEY = format({ year: "numeric", month: "2-digit", day: "2-digit" });

const A_MOMENT = 5 * 60_000;
const A_WHILE = 15 * 60_000;
const DAY = 24 * 60 * 60_000;

export const clock = (moment) => CLOCK.format(moment);

/** "2025-12-15" → "15 december 2025"; null for what is no date. */
export function longDate(dated) {
  const found = /^\d{4}-\d{2}-\d{2}/.exec(dated ?? "");
  const date = found && new Date(`${found[0]}T00:00:00Z`);
  return date && !Number.isNaN(date.getTime()) ? DATE.format(date) : null;
}

/** "i dag kl. 12:30", "måndag 23 november kl. 07:30". */
export function when(moment, now) {
  if (DAY_KEY.format(moment) === DAY_KEY.format(now)) return texts.today(clock(moment));
  if (DAY_KEY.format(moment) === DAY_KEY.format(new Date(now.getTime() + DAY))) return texts.tomorrow(clock(moment));
  return texts.atTime(day(moment, now), clock(moment));
}

/** Whether a desk is open, for people: `{open, text}`, or null when `custom` does not say. `told`: when it was answered. */
export function openness(custom, told, now = new Date()) {
  if (typeof custom?.open !== "boolean") return null;
  const asked = read(custom.at) ?? told;
  const opens = custom.open ? null : read(custom.next_open);
  if (Math.abs(asked - told) < A_MOMENT && now - told < A_WHILE) {
    const state = custom.open ? texts.openNow : texts.closedNow;
    return { open: custom.open, text: opens ? `${state}, ${texts.opens(when(opens, told))}` : state };
  }
  // Another time than now, or an answer read again later: "nu" would be wrong.
  const state = (custom.open ? texts.openAt : texts.closedAt)(atMoment(asked, told));
  return { open: custom.open, text: opens ? `${state}, ${texts.opens(atMoment(opens, told))}` : state };
}

function atMoment(moment, now) {
  const time = clock(moment);
  return time === "00:00" ? day(moment, now) : texts.atTime(day(moment, now), time);
}

function day(moment, now) {
  const sameYear = DAY_KEY.format(moment).slice(0, 4) === DAY_KEY.format(now).slice(0, 4);
  return (sameYear ? WEEKDAY : WEEKDAY_AND_YEAR).format(moment);
}

function read(moment) {
  const date = typeof moment === "string" ? new Date(moment) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}
