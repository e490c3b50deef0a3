/**
 * The customer's lines on their way to the desk: kept first, then sent, oldest first, one at a time, until each is stored.
 * A line sent again carries the same cid, under which the desk stores it once.
 */

import { uuid7 } from "./cid.js";
import { Cut, Refused } from "./link.js";
import { inOneTab } from "./storage.js";

/** Refusals that pass by themselves: the line stays at the head and is tried again. */
const PASSING = new Set(["too_fast", "disk_full", "stopping", "internal"]);
const TRY_AGAIN_MS = 5_000;

export class Outbox {
  rows = [];
  #storage;
  #link;
  #on;
  #flushing = false;
  #again = false;
  #retry;

  /** `on` has `changed()`, `stored(row, stored)` and `held(refused)`, the last with null when nothing is held any more. */
  constructor({ storage, link, on }) {
    this.#storage = storage;
    this.#link = link;
    this.#on = on;
    storage.onChange(() => this.load());
  }

  async load() {
    this.rows = await this.#storage.rows();
    this.#on.changed();
  }

  /** Keeps the line, then sends it. Rejects, with nothing sent, when the browser cannot keep it. */
  async add(body, instead) {
    await this.#storage.put({ cid: uuid7(), body, at: Date.now(), refused: null }, instead);
    await this.load();
    this.flush();
  }

  /** Sends a refused line as a new one, after those that wait. */
  again(row) {
    return this.add(row.body, row.order);
  }

  async discard(row) {
    await this.#storage.remove(row.order);
    await this.load();
  }

  async flush() {
    if (this.#flushing) {
      this.#again = true;
      return;
    }
    this.#flushing = true;
    clearTimeout(this.#retry);
    try {
      do {
        this.#again = false;
        await inOneTab(this.#storage, "outbox", () => this.#sendAll());
      } while (this.#again);
    } finally {
      this.#flushing = false;
    }
  }

  async #sendAll() {
    for (;;) {
      await this.load();
      const row = this.rows.find((waiting) => !waiting.refused);
      if (!row) this.#on.held(null);
      if (!row || this.#link.state !== "live") return;
      try {
        const stored = await this.#link.ask({ do: "say", cid: row.cid, body: row.body });
        this.#on.stored(row, stored);
        await this.#storage.remove(row.order);
      } catch (error) {
        if (error instanceof Cut) return;
        if (!(error instanceof Refused)) throw error;
        if (PASSING.has(error.code)) {
          this.#on.held(error);
          this.#retry = setTimeout(() => this.flush(), error.retryAfterMs ?? TRY_AGAIN_MS);
          return;
        }
        await this.#storage.put({ ...row, refused: { code: error.code, detail: error.message } });
      }
    }
  }
}
