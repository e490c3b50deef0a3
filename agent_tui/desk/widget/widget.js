/** The visitor's page: wires what the others do. State flows one way: desk and outbox → `chat` → `show`. */

import { CallBack, stopWord } from "./call.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Cut, Link, Refused } from "./link.js";
import { Outbox } from "./outbox.js";
import { Page } from "./page.js";
import { Rating, Reach, askToEnd } from "./panels.js";
import { standing } from "./standing.js";
import { openStorage } from "./storage.js";
import { Transcript } from "./transcript.js";
import { chooseLocale, whyNot, wordsIn } from "./words.js";

const NO_CONNECTION_AFTER_MS = 1_500;
const SEEN_AFTER_MS = 150;
const TYPING_ENDS_MS = 10_000;
const READ_OUT_AFTER_MS = 1_000;

const byId = (id) => document.getElementById(id);

let heldBy = null;
let blocked = false;
let offline = "";
let offlineTimer;
let showTimer;
let seenTimer;
let typingTimer;
let toldSeen = 0;

const page = new Page();
const { locale, language } = chooseLocale(page.languages);
const say = wordsIn(language);
speak();

const chat = new Chat();
const storage = await openStorage(page.identity);
let seenAt = (await storage.kept("seen at")) ?? 0;
const link = new Link({
  base: new URL(".", document.baseURI),
  storage,
  page,
  on: { welcome, state: linkChanged, events: take, now: take, idle: tellSeen },
});
const outbox = new Outbox({ storage, link, on: { changed: show, stored, held } });
const composer = new Composer({ say, storage, limits: () => chat.limits, on: { send, writing } });
const back = () => composer.focus();
const transcript = new Transcript({
  say,
  locale,
  log: byId("log"),
  newer: byId("newer"),
  on: { again: (row) => outbox.again(row), edit, scrolled: seenSoon },
});
const reach = new Reach({ storage, back, introduce });
const callBack = new CallBack({ say, locale, back, on: { ask: askAboutCall, known: () => reach.phone } });
const rating = new Rating({ storage, back, rate });
askToEnd({ back, end });
byId("menu-copy").addEventListener("click", saveCopy);
byId("close").addEventListener("click", () => page.tell({ close: true }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.target.closest(".panel, [popover]")) return;
  page.tell({ close: true });
});
window.addEventListener("online", () => link.hurry());

await Promise.all([reach.restore(), rating.restore(), composer.restore(), outbox.load()]);
byId("chat").hidden = false;
byId("close").hidden = !page.embedded;
page.whenShown(cameIntoView);
show();

function speak() {
  document.documentElement.lang = language;
  const put = { word: (element, text) => (element.textContent = text) };
  put.label = (element, text) => element.setAttribute("aria-label", text);
  put.placeholder = (element, text) => (element.placeholder = text);
  for (const [kind, place] of Object.entries(put)) {
    for (const element of document.querySelectorAll(`[data-${kind}]`)) place(element, say(element.dataset[kind]));
  }
}

// --- what the desk says ---

function welcome(said) {
  chat.welcome(said);
  toldSeen = 0;
  blocked = false;
  if (!said.resumed) byId("log").setAttribute("aria-live", "off");
  // what is replayed is history: only what comes from now on is read out
  setTimeout(() => byId("log").setAttribute("aria-live", "polite"), READ_OUT_AFTER_MS);
}

function take(events) {
  for (const event of events) {
    chat.take(event);
    if (event.e === "agent_types") typingEnds();
  }
  show();
}

function typingEnds() {
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => {
    chat.writing = null;
    show();
  }, TYPING_ENDS_MS);
}

function linkChanged(why) {
  clearTimeout(offlineTimer);
  if (link.state === "live") {
    offline = "";
    reach.tell();
    outbox.flush();
  } else if (link.state === "waiting") {
    explain(why);
  } else if (!offline) {
    offlineTimer = setTimeout(() => disconnected("no_connection"), NO_CONNECTION_AFTER_MS);
  }
  show();
}

function explain(why) {
  if (why === "closing") return disconnected("restarting");
  if (why?.code === "protocol") return disconnected("other_version");
  if (why?.code === "too_fast") return disconnected("too_many_pages");
  blocked = why?.code === "blocked";
  if (!offline) offlineTimer = setTimeout(() => disconnected("no_connection"), NO_CONNECTION_AFTER_MS);
}

function disconnected(sentence) {
  offline = sentence;
  show();
}

// --- what the customer does ---

async function send(text) {
  await outbox.add(text);
  transcript.toEnd();
  link.hurry();
}

function stored(row, answer) {
  chat.stored(row, answer);
  show();
}

function held(refused) {
  if (heldBy?.code === refused?.code) return;
  heldBy = refused;
  show();
}

async function edit(row) {
  composer.put(row.body);
  await outbox.discard(row);
  composer.focus();
}

function writing(on) {
  link.ask({ do: "writing", on }).catch(() => {});
}

/** True once the desk has carried it out; otherwise the notice says why not. */
async function did(command, offlineSentence, thanks) {
  try {
    await link.ask(command);
    if (thanks) composer.notice(say(thanks), { calm: true });
    return true;
  } catch (error) {
    if (!(error instanceof Cut || error instanceof Refused)) throw error;
    composer.notice(error instanceof Refused ? say("not_done", { why: whyNot(say, error.code) }) : say(offlineSentence));
    return false;
  }
}

function introduce(contact) {
  return did({ do: "introduce", ...contact }, "reach_later", "reach_kept");
}

function rate(answer) {
  return did({ do: "rate", answer }, "not_now_offline", "thanks");
}

function end() {
  return did({ do: "end" }, "not_now_offline");
}

/** Empty once the desk has carried it out, else why it has not. */
async function askAboutCall(command) {
  try {
    await link.ask(command);
    return "";
  } catch (error) {
    if (error instanceof Cut) return say("not_now_offline");
    if (!(error instanceof Refused)) throw error;
    const word = stopWord(error);
    return word ? say(word) : say("not_done", { why: whyNot(say, error.code) });
  }
}

function saveCopy() {
  byId("menu").hidePopover();
  const text = transcript.asText(chat, outbox.rows);
  if (!text) return composer.notice(say("nothing_to_save"));
  const file = document.createElement("a");
  file.href = URL.createObjectURL(new Blob([text, "\r\n"], { type: "text/plain;charset=utf-8" }));
  file.download = `${say("copy_name")} ${new Date().toISOString().slice(0, 10)}.txt`;
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 10_000);
}

// --- what is shown ---

function cameIntoView(opened) {
  link.check();
  seenSoon();
  if (!opened) return;
  transcript.toEnd();
  // where there is no keyboard the focus would bring up one that covers half the page
  if (matchMedia("(pointer: fine)").matches) composer.focus();
}

function show() {
  showTimer ??= setTimeout(showNow, 0);
}

function showNow() {
  showTimer = undefined;
  const late = link.state !== "live" || Boolean(heldBy);
  const rows = outbox.rows.map((row) => ({ ...row, late }));
  transcript.show(chat, rows);
  const state = chat.status?.state;
  const talking = state === "waiting" || state === "open";
  byId("desk").textContent = chat.desk || say("chat");
  const reachable = reach.reachable || Boolean(chat.call?.last4);
  put("standing", standing(say, locale, chat, reachable));
  put("trouble", trouble(), { hide: true });
  put("typing", chat.writing === null ? "" : say("typing", { who: chat.writing || say("agent") }), { hide: true });
  byId("menu-end").hidden = !talking;
  callBack.show(chat.call);
  rating.show(state === "resolved" ? chat.ending : "");
  if (state === "waiting" && !chat.answered && !reachable) reach.offer();
  if (state === "open" || reachable) reach.withdraw();
  seenSoon();
}

/** Touches the page only where the text is another: a live region is read out when it changes. */
function put(id, text, { hide = false } = {}) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
  if (hide) element.hidden = !text;
}

function trouble() {
  if (blocked || outbox.rows.some((row) => row.refused?.code === "blocked")) return say("blocked");
  if (offline) return say(offline);
  if (heldBy) return say(heldBy.code === "too_fast" ? "too_fast" : "desk_full");
  return storage.lasting ? "" : say("keeps_nothing");
}

function seenSoon() {
  clearTimeout(seenTimer);
  seenTimer = setTimeout(seen, SEEN_AFTER_MS);
}

function seen() {
  const lines = chat.lines.filter((line) => line.by.kind === "agent");
  const n = transcript.lastShown;
  if (page.shown && n > toldSeen) {
    toldSeen = n;
    tellSeen();
    const newest = Math.max(seenAt, ...lines.filter((line) => line.n <= n).map((line) => line.at));
    if (newest > seenAt) storage.keep("seen at", (seenAt = newest)).catch(() => {});
  }
  const unread = lines.filter((line) => line.at > seenAt).length;
  document.title = (unread ? `(${unread}) ` : "") + (chat.desk || say("chat"));
  page.tell({ unread });
}

/** Also the sign of life: told again, it changes nothing. */
function tellSeen() {
  link.ask({ do: "seen", n: toldSeen }).catch(() => {});
}
