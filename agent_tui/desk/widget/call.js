/** The telephone: "call me back", yes or no to "shall I call you?", and how a call stands. */

import { uuid7 } from "./cid.js";
import { Panel } from "./panels.js";
import { make } from "./transcript.js";

const byId = (id) => document.getElementById(id);

const DAYS = 7;
/** Parts of a day, from and until which hour. */
const PARTS = [
  [9, 12],
  [12, 17],
  [17, 21],
];
/** What is left of a part has to be worth planning. */
const SHORTEST_MS = 15 * 60_000;
const SOON_MS = 2 * 60_000;

/** Why the desk takes no number, or no time, in words for customers: its own sentences are for staff. */
const STOPS = {
  not_a_number: "stop_no_number",
  emergency: "stop_no_number",
  too_short: "stop_short",
  too_long: "stop_long",
  premium: "stop_kind",
  no_person: "stop_kind",
  no_country: "stop_country",
  country_not_allowed: "stop_country",
  region_not_allowed: "stop_country",
  do_not_call: "stop_never",
  outside_hours: "stop_hours",
  bad_value: "stop_hours",
  number_limit: "stop_often",
  chat_limit: "stop_often",
  phone_off: "stop_off",
  wrong_state: "stop_already",
  too_late: "stop_ringing",
};

/** The name of the sentence for a refusal; nothing where it is none of the telephone's. */
export const stopWord = ({ code, stop }) => STOPS[stop || code];

const at = (day, hour) => {
  const then = new Date();
  // the browser's own calendar: right also in the night when clocks change
  return new Date(then.getFullYear(), then.getMonth(), then.getDate() + day, hour).getTime();
};

/** How a call stands, as one sentence; empty where there is nothing to say. */
export function callSentence(say, locale, call, now = Date.now()) {
  const { state, last4, agent, caller_id: number, code, not_before: from, not_after: until, reached } = call ?? {};
  const who = agent || say("agent");
  if (state === "offered") return say("call_offered", { last4 });
  if (state === "queued") {
    if (!from || !until || from <= now + SOON_MS) return say("call_soon", { last4 });
    const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }).format(from);
    const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    return say("call_planned", { last4, day, from: clock.format(from), until: clock.format(until) });
  }
  if (state === "calling") return [say(number ? "call_from" : "call_now", { who, number }), code && say("call_code", { code })].filter(Boolean).join(" ");
  if (state === "in_call") return say("call_on", { who });
  if (state === "ended") return say(reached === false ? "call_missed" : "call_over");
  return "";
}

/** Which buttons stand under it. */
const CHOICES = { offered: ["yes", "no"], queued: ["change", "cancel"], ended: ["close"] };

/** Where a call can be asked for, or changed. */
const MAY_ASK = ["none", "ended", "queued", "number_wanted"];

export class CallBack {
  #say;
  #locale;
  #on;
  #call = null;
  #form = byId("call");
  #panel;
  #asking = { id: "", body: "" };
  #closed = "";
  #wanted = false;

  /**
   * `on.ask(command)` resolves with "" once the desk has carried it out, else with the sentence that says why not;
   * `on.known()` is a number this browser knows of the customer.
   */
  constructor({ say, locale, back, on }) {
    this.#say = say;
    this.#locale = locale;
    this.#on = on;
    this.#panel = new Panel(this.#form, back);
    byId("menu-call").addEventListener("click", () => {
      byId("menu").hidePopover();
      this.#open({ wanted: this.#call.state === "number_wanted" });
    });
    const { day } = this.#form.elements;
    day.addEventListener("change", () => this.#offerParts());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("call-not-now").addEventListener("click", () => (this.#wanted ? this.#answer(false) : this.#panel.close()));
    byId("call-yes").addEventListener("click", () => this.#answer(true));
    byId("call-no").addEventListener("click", () => this.#answer(false));
    byId("call-change").addEventListener("click", () => this.#open());
    byId("call-cancel").addEventListener("click", () => this.#tell({ do: "cancel_asked" }));
    byId("call-close").addEventListener("click", () => {
      this.#closed = this.#call?.call ?? "";
      this.show(this.#call);
      back();
    });
  }

  /** `call` as the desk told it; `null`: there is no telephone here. Nothing of it takes the focus. */
  show(call) {
    const before = this.#call?.state;
    this.#call = call;
    const state = call?.state ?? "";
    byId("menu-call").hidden = !MAY_ASK.includes(state);
    const done = state === "ended" && call.call === this.#closed;
    const sentence = done ? "" : callSentence(this.#say, this.#locale, call);
    const says = byId("call-says");
    if (says.textContent !== sentence) says.textContent = sentence;
    byId("call-state").hidden = !sentence;
    byId("call-state").dataset.state = state;
    for (const choice of ["yes", "no", "change", "cancel", "close"]) {
      byId(`call-${choice}`).hidden = !CHOICES[state]?.includes(choice);
    }
    if (state === before) return;
    if (state === "number_wanted") this.#open({ wanted: true });
    else if (this.#wanted || !MAY_ASK.includes(state)) this.#panel.close();
  }

  #open({ wanted = false } = {}) {
    this.#wanted = wanted;
    const { number } = this.#form.elements;
    if (!number.value) number.value = this.#on.known();
    byId("call-when").hidden = wanted;
    byId("call-why").textContent = this.#say(wanted ? "call_wanted" : "call_why");
    byId("call-not-now").textContent = this.#say(wanted ? "call_no" : "not_now");
    this.#wrong("");
    this.#offerDays();
    this.#panel.open({ focus: !wanted });
  }

  #offerDays() {
    const { day } = this.#form.elements;
    const named = new Intl.DateTimeFormat(this.#locale, { weekday: "long", day: "numeric", month: "long" });
    const names = { 0: this.#say("today"), 1: this.#say("tomorrow") };
    const days = [...Array(DAYS).keys()].filter((ahead) => this.#partsOf(ahead).length);
    const options = days.map((ahead) => this.#option(ahead, names[ahead] ?? named.format(at(ahead, 12))));
    day.replaceChildren(this.#option("", this.#say("call_asap")), ...options);
    this.#offerParts();
  }

  #offerParts() {
    const { day, part } = this.#form.elements;
    const clock = new Intl.DateTimeFormat(this.#locale, { hour: "2-digit", minute: "2-digit" });
    const ahead = Number(day.value);
    const parts = day.value === "" ? [] : this.#partsOf(ahead);
    part.replaceChildren(...parts.map((index) => this.#option(index, clock.formatRange(...PARTS[index].map((hour) => at(ahead, hour))))));
    part.parentElement.hidden = !parts.length;
  }

  #partsOf(ahead) {
    return [...PARTS.keys()].filter((index) => at(ahead, PARTS[index][1]) - Date.now() > SHORTEST_MS);
  }

  #option(value, text) {
    const option = make("option", "", text);
    option.value = value;
    return option;
  }

  #window() {
    const { day, part } = this.#form.elements;
    if (day.value === "") return {};
    const [from, until] = PARTS[Number(part.value)].map((hour) => at(Number(day.value), hour));
    return { not_before: Math.max(from, Date.now()), not_after: until };
  }

  async #submit() {
    const number = this.#form.elements.number.value.trim();
    if (!number) return this.#wrong(this.#say("stop_no_number"));
    if (this.#wanted) return this.#tell({ do: "answer_offer", yes: true, number });
    // the same wish again (the connection broke) has the same key, another wish a new one
    const body = JSON.stringify([number, this.#form.elements.day.value, this.#form.elements.part.value]);
    if (this.#asking.body !== body) this.#asking = { id: uuid7(), body, window: this.#window() };
    const { id: call, window } = this.#asking;
    if (await this.#tell({ do: "ask_call", call, number, ...window })) this.#asking = { id: "", body: "" };
  }

  #answer(yes) {
    return this.#tell({ do: "answer_offer", yes });
  }

  /** Asks the desk; where it doesn't, the sentence stands in the form, or under the state. */
  async #tell(command) {
    const why = await this.#on.ask(command);
    this.#wrong(why);
    if (!why) this.#panel.close();
    return !why;
  }

  #wrong(sentence) {
    for (const id of ["call-wrong", "call-trouble"]) byId(id).textContent = sentence;
  }
}
