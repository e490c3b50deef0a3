/** The lines on the screen: built once each, then only what changed is touched. Foreign text enters as `textContent`. */

import { hasWord, whyNot } from "./words.js";

const SAME_GROUP_MS = 5 * 60_000;
/** A line that speaks to the customer: who calls, from which number. */
const TOLD = "call_told";
const AT_END_PX = 48;
const LINK = /https?:\/\/[^\s<>"'`\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/gi;
const AFTER_LINK = /[.,;:!?)\]}’”…]+$/;

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** The text as nodes; addresses in it become links that show where they go. */
function linked(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(AFTER_LINK, "");
    if (!URL.canParse(address)) continue;
    const link = make("a", "", address);
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    nodes.push(text.slice(from, match.index), link);
    from = match.index + address.length;
  }
  return [...nodes, text.slice(from)];
}

export class Transcript {
  #say;
  #log;
  #newer;
  #built = new Map();
  #on;
  #clock;
  #date;
  #follows = true;

  /** `on` has `again(row)`, `edit(row)` for refused lines, and `scrolled()`. */
  constructor({ say, locale, log, newer, on }) {
    this.#say = say;
    this.#log = log;
    this.#newer = newer;
    this.#on = on;
    this.#clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    this.#date = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
    log.addEventListener("scroll", () => {
      if (this.#atEnd) newer.hidden = true;
      on.scrolled();
    });
    newer.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.#follows && this.toEnd()).observe(log);
  }

  get #atEnd() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < AT_END_PX;
  }

  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#newer.hidden = true;
    this.#follows = true;
  }

  /** The `n` of the last line that is in view. */
  get lastShown() {
    const bottom = this.#log.scrollTop + this.#log.clientHeight;
    const shown = [...this.#log.children].filter((line) => line.dataset.n && line.offsetTop < bottom - 8);
    return Number(shown.at(-1)?.dataset.n ?? 0);
  }

  show(chat, rows) {
    const follow = this.#atEnd;
    const before = this.#log.lastElementChild;
    const items = this.#items(chat, rows);
    const wanted = new Set(items.map((item) => item.key));
    for (const [key, { element }] of this.#built) {
      if (wanted.has(key)) continue;
      element.remove();
      this.#built.delete(key);
    }
    const elements = items.map((item) => this.#element(item));
    let place = this.#log.firstChild;
    for (const element of elements) {
      if (element === place) place = place.nextSibling;
      else this.#log.insertBefore(element, place);
    }
    const last = items.at(-1);
    const isNew = this.#log.lastElementChild !== before;
    this.#follows = follow || (isNew && last.mine);
    if (this.#follows) this.toEnd();
    else if (isNew) this.#newer.hidden = false;
  }

  /** The chat as plain text, to be kept as a file. */
  asText(chat, rows) {
    const stamp = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });
    return this.#items(chat, rows)
      .filter((item) => item.text !== undefined)
      .map((item) => `${stamp.format(item.at)}  ${item.who ? `${item.who}: ` : ""}${item.text}${item.row ? ` [${item.mark}]` : ""}`)
      .join("\r\n");
  }

  #items(chat, rows) {
    const stored = new Set();
    const lines = chat.lines.map((line) => {
      if (line.cid) stored.add(line.cid);
      return this.#lineItem(line, chat.saw);
    });
    const waiting = rows.filter((row) => !stored.has(row.cid)).map((row) => this.#rowItem(row));
    const items = [];
    let day = "";
    let previous = null;
    for (const item of [...lines, ...waiting]) {
      const name = this.#day(item.at);
      if (name !== day) items.push({ key: `day ${name}`, kind: "day", label: name });
      item.grouped =
        name === day && item.who && previous?.who === item.who && previous.mine === item.mine && item.at - previous.at < SAME_GROUP_MS;
      day = name;
      previous = item;
      items.push(item);
    }
    quietenMarks(items);
    return items;
  }

  #lineItem(line, saw) {
    const { n, by, at, cid, system, withdrawn } = line;
    if (system) return { key: `n ${n}`, kind: system.code === TOLD ? "system told" : "system", n, at, text: this.#system(system) };
    const mine = by.kind === "customer";
    return {
      key: cid || `n ${n}`,
      kind: mine ? "mine" : "theirs",
      mine,
      n,
      at,
      who: mine ? this.#say("you") : by.name || this.#say("agent"),
      text: withdrawn ? this.#say("withdrawn") : line.body,
      withdrawn,
      mark: mine ? this.#say(n <= saw ? "seen" : "sent") : "",
    };
  }

  #rowItem(row) {
    const { cid, at, body, refused, late } = row;
    const mark = refused
      ? this.#say("refused", { why: whyNot(this.#say, refused.code) })
      : this.#say(late ? "waiting" : "sending");
    return { key: cid, kind: "mine", mine: true, at, who: this.#say("you"), text: body, row, mark, refused };
  }

  #system({ code, who, what }) {
    return hasWord(code) ? this.#say(code, { who: who || this.#say("agent"), what }) : [who, what].filter(Boolean).join(" · ");
  }

  #day(at) {
    const days = Math.round((new Date().setHours(12, 0, 0, 0) - new Date(at).setHours(12, 0, 0, 0)) / 86_400_000);
    if (days === 0) return this.#say("today");
    return days === 1 ? this.#say("yesterday") : this.#date.format(at);
  }

  #element(item) {
    const look = JSON.stringify([item.kind, item.label, item.who, item.at, item.text, item.withdrawn]);
    let built = this.#built.get(item.key);
    if (built?.look !== look) {
      const element = this.#build(item);
      built?.element.replaceWith(element);
      built = { element, look };
      this.#built.set(item.key, built);
    }
    const { element } = built;
    element.dataset.n = item.n || "";
    element.classList.toggle("grouped", Boolean(item.grouped));
    this.#showMark(element, item);
    return element;
  }

  #build(item) {
    if (item.kind === "day") return make("p", "day", item.label);
    if (item.kind.startsWith("system")) return make("p", item.kind, item.text);
    const element = make("div", `line ${item.kind}${item.withdrawn ? " withdrawn" : ""}`);
    const time = make("time", "", this.#clock.format(item.at));
    time.dateTime = new Date(item.at).toISOString();
    const who = make("p", "who");
    const name = make("b", "", item.who);
    name.dir = "auto";
    who.append(name, " ", time);
    const body = make("p", "body");
    body.dir = "auto";
    if (item.mine || item.withdrawn) body.textContent = item.text;
    else body.append(...linked(item.text));
    element.append(who, body);
    return element;
  }

  #showMark(element, { mine, mark, quietMark, row, refused }) {
    if (!mine) return;
    let shown = element.querySelector(".mark");
    if (!shown) {
      shown = make("p", "mark");
      // the reader of a screen reader has just written this: its settling is there to read, not read out
      shown.setAttribute("aria-live", "off");
      element.append(shown);
    }
    const look = `${mark}${Boolean(refused)}`;
    if (shown.dataset.look !== look) {
      shown.dataset.look = look;
      shown.textContent = mark;
      shown.classList.toggle("refused", Boolean(refused));
      if (refused) shown.append(this.#choices(row));
    }
    shown.classList.toggle("quiet", Boolean(quietMark));
  }

  #choices(row) {
    const choices = make("span", "choices");
    for (const choice of ["again", "edit"]) {
      const button = make("button", "", this.#say(choice));
      button.type = "button";
      button.addEventListener("click", () => this.#on[choice](row));
      choices.append(button);
    }
    return choices;
  }
}

/** One mark for a run of own lines that all stand the same; what has not settled always shows its own. */
function quietenMarks(items) {
  let below = null;
  for (const item of items.toReversed()) {
    if (!item.mine) continue;
    item.quietMark = !item.row && item.mark === below;
    below = item.mark;
  }
}
