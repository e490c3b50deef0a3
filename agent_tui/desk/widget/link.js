/**
 * The connection to the desk: who we are, a ticket, a socket; again after every cut, from where we were.
 * `ask` sends a command and waits for its answer; events are handed to `on` in order and without a gap.
 */

import { inOneTab } from "./storage.js";

const PROTOCOL = 1;
const ANSWER_MS = 10_000;
const SILENCE_MS = 20_000;
const HEALTHY_MS = 30_000;
const BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;
/** A planned stop that lasts longer than this is no longer called a restart. */
const RESTART_MS = 20_000;
const HURRY_MS = 2_000;

/** The desk refused: `code` for programs, `message` for people; `stop` is what stands in a call's way. */
export class Refused extends Error {
  constructor({ code, detail, stop, retry_after_ms: retryAfterMs }) {
    super(detail);
    this.code = code;
    this.stop = stop;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The connection ended before the answer came; whether the desk has carried it out is not known. */
export class Cut extends Error {}

export class Link {
  /** `"connecting"`, `"live"` or `"waiting"` (for the next attempt). */
  state = "waiting";
  #base;
  #storage;
  #page;
  #on;
  #socket = null;
  #asked = new Map();
  #lastId = 0;
  #epoch = "";
  #cursor = "";
  #gapAt = null;
  #healthyFrom = Infinity;
  #attempts = 0;
  #tried = 0;
  #heard = 0;
  #retryAfterMs = 0;
  #restartedBy = 0;
  #retry;
  #watch;

  /** `page()` is what the desk is told of this browser; `on` has `state(why)`, `welcome`, `events`, `now`, `idle`. */
  constructor({ base, storage, page, on }) {
    this.#base = base;
    this.#storage = storage;
    this.#page = page;
    this.#on = on;
  }

  /** Connects, now rather than at the end of a back-off. */
  hurry() {
    if (this.state !== "waiting" || Date.now() - this.#tried < HURRY_MS) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  /** The page has woken up: whatever was not heard of for a while is asked for a sign of life at once. */
  check() {
    if (this.state === "live" && Date.now() - this.#heard > SILENCE_MS) this.#on.idle();
    else this.hurry();
  }

  /** Sends a command; resolves with its answer, rejects with `Refused` or `Cut`. */
  ask(command) {
    if (this.state !== "live") return Promise.reject(new Cut());
    return this.#ask(command);
  }

  async #connect() {
    this.#tried = Date.now();
    this.#set("connecting");
    try {
      const ticket = await this.#ticket();
      await this.#open();
      this.#heard = Date.now();
      const hello = { do: "hello", protocol: PROTOCOL, epoch: this.#epoch, cursor: this.#cursor, ticket };
      const welcome = await this.#ask({ ...hello, client: "widget" });
      this.#epoch = welcome.epoch;
      this.#cursor = welcome.cursor;
      this.#retryAfterMs = 0;
      this.#healthyFrom = Date.now() + HEALTHY_MS;
      this.#watch = setInterval(() => this.check(), SILENCE_MS);
      this.#on.welcome(welcome);
      this.#set("live");
    } catch (error) {
      this.#drop(error instanceof Refused ? error : undefined);
    }
  }

  async #ticket() {
    let token = await this.#token();
    for (;;) {
      try {
        return (await this.#post("v1/ticket", this.#page.now(), token)).ticket;
      } catch (error) {
        // this desk does not know us (any more), so it has nothing of ours either: begin as somebody new
        if (!(error instanceof Refused) || error.status !== 401) throw error;
        token = await this.#token(token);
      }
    }
  }

  #token(unusable) {
    return inOneTab(this.#storage, "visitor", async () => {
      const kept = await this.#storage.kept("token");
      if (kept && kept !== unusable) return kept;
      const { token } = await this.#post("v1/visitors", this.#page.first());
      // kept before it is used: a line sent under a name that is forgotten would be sent again under the next one
      await this.#storage.keep("token", token);
      this.#cursor = "";
      return token;
    });
  }

  async #post(path, body, token) {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    const signal = AbortSignal.timeout(ANSWER_MS);
    const request = { method: "POST", headers, body: JSON.stringify(body), credentials: "omit", signal };
    const response = await fetch(new URL(path, this.#base), request);
    const answer = await response.json();
    if (response.ok) return answer;
    const refused = new Refused(answer.error ?? answer);
    refused.status = response.status;
    throw refused;
  }

  #open() {
    const address = new URL("v1/socket", this.#base);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = (this.#socket = new WebSocket(address));
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => socket.close(), ANSWER_MS);
      socket.onopen = () => {
        clearTimeout(late);
        resolve();
      };
      socket.onmessage = (message) => this.#take(socket, message.data);
      socket.onclose = () => {
        clearTimeout(late);
        reject(new Cut());
        if (socket === this.#socket) this.#drop();
      };
    });
  }

  #ask(command) {
    const id = ++this.#lastId;
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      // no answer in this time: the connection is dead even where the browser has not noticed
      const late = setTimeout(() => socket === this.#socket && this.#drop(), ANSWER_MS);
      this.#asked.set(id, { resolve, reject, late });
      socket.send(JSON.stringify({ ...command, id }));
    });
  }

  #take(socket, data) {
    if (socket !== this.#socket) return;
    this.#heard = Date.now();
    const frame = JSON.parse(data);
    // a refusal of no command in particular ends the connection
    if (frame.error && frame.re === undefined) return this.#drop(new Refused(frame.error));
    const asked = this.#asked.get(frame.re);
    if (asked) {
      this.#asked.delete(frame.re);
      clearTimeout(asked.late);
      if (frame.error) asked.reject(new Refused(frame.error));
      else asked.resolve(frame.ok);
    }
    if (frame.now) this.#takeNow(frame.now);
    if (frame.events) this.#takeEvents(frame);
  }

  #takeNow(events) {
    const closing = events.find((event) => event.e === "closing");
    if (closing) {
      this.#retryAfterMs = Math.max(closing.retry_after_ms, 1);
      this.#restartedBy = Date.now() + this.#retryAfterMs + RESTART_MS;
      this.#attempts = 0;
    }
    this.#on.now(events);
  }

  #takeEvents({ events, prev, cursor }) {
    if (prev !== this.#cursor) {
      // asked for again from where we are; when that leaves the same gap, from the beginning
      if (this.#gapAt === this.#cursor) this.#cursor = "";
      this.#gapAt = this.#cursor;
      this.#drop();
      return;
    }
    this.#cursor = cursor;
    this.#gapAt = null;
    this.#on.events(events);
  }

  #drop(refused) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    clearInterval(this.#watch);
    for (const { reject, late } of this.#asked.values()) {
      clearTimeout(late);
      reject(new Cut());
    }
    this.#asked.clear();
    if (this.state === "waiting") return;
    if (Date.now() > this.#healthyFrom) this.#attempts = 0;
    this.#healthyFrom = Infinity;
    const least = this.#retryAfterMs || refused?.retryAfterMs || 0;
    const spread = Math.min(LONGEST_BACK_OFF_MS, BACK_OFF_MS * 2 ** this.#attempts++);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), least + Math.random() * spread);
    this.#set("waiting", refused ?? (this.#retryAfterMs && Date.now() < this.#restartedBy ? "closing" : undefined));
  }

  #set(state, why) {
    this.state = state;
    this.#on.state(why);
  }
}
