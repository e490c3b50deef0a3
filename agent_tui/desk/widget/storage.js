/**
 * What this browser keeps, in IndexedDB: who it is for the desk, the draft, and the lines the desk has not stored yet.
 * Writes that a promise hangs on are `strict`: on disk when they return, as far as the browser can say so.
 */

const OUTBOX = "outbox";
const KEPT = "kept";

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(OUTBOX, { keyPath: "order", autoIncrement: true });
    request.result.createObjectStore(KEPT);
  };
  return settled(request);
}

class BrowserStorage {
  lasting = true;
  #database;
  #others;

  constructor(database) {
    this.#database = database;
    this.#others = new BroadcastChannel(database.name);
  }

  get name() {
    return this.#database.name;
  }

  /** Calls back when another tab changed the outbox. */
  onChange(callback) {
    this.#others.onmessage = callback;
  }

  kept(key) {
    return settled(this.#database.transaction(KEPT).objectStore(KEPT).get(key));
  }

  keep(key, value) {
    return this.#write(KEPT, (store) => store.put(value, key));
  }

  /** The lines not yet stored by the desk, oldest first: `{order, cid, body, at, refused}`. */
  rows() {
    return settled(this.#database.transaction(OUTBOX).objectStore(OUTBOX).getAll());
  }

  /** `instead`: the order of the row whose place it takes, in the same transaction. */
  async put(row, instead) {
    await this.#write(OUTBOX, (store) => {
      if (instead !== undefined) store.delete(instead);
      store.put(row);
    });
    this.#others.postMessage(OUTBOX);
  }

  async remove(order) {
    await this.#write(OUTBOX, (store) => store.delete(order));
    this.#others.postMessage(OUTBOX);
  }

  #write(name, change) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(name, "readwrite", { durability: "strict" });
      change(transaction.objectStore(name));
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/** The same for a browser that keeps nothing: it lasts as long as the page, and `lasting` says so. */
class PageStorage {
  lasting = false;
  name = "page";
  #kept = new Map();
  #rows = new Map();
  #order = 0;

  onChange() {}

  async kept(key) {
    return this.#kept.get(key);
  }

  async keep(key, value) {
    this.#kept.set(key, value);
  }

  async rows() {
    return [...this.#rows.values()].map((row) => ({ ...row }));
  }

  async put(row, instead) {
    const order = row.order ?? ++this.#order;
    this.#rows.delete(instead);
    this.#rows.set(order, { ...row, order });
  }

  async remove(order) {
    this.#rows.delete(order);
  }
}

/** `identity`: whose storage; each person a site signs in has one, and who is not signed in has another. */
export async function openStorage(identity) {
  try {
    return new BrowserStorage(await open(`agent-tui ${identity}`));
  } catch {
    return new PageStorage();
  }
}

/** Runs `work` in one tab of this browser at a time, where the browser has locks; they need a secure context. */
export function inOneTab(storage, name, work) {
  return navigator.locks ? navigator.locks.request(`${storage.name} ${name}`, work) : work();
}
