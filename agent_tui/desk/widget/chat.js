/** What is known of the chat: the desk's lines and how it stands. No page and no network in here. */

/** What a status leaves out is so; `wait_s` null: the desk can't say. */
const USUAL_STATUS = { agent: "", ahead: null, wait_s: null, staffed: true, open_now: true, opens_at: null };

export class Chat {
  desk = "";
  limits = { message_code_points: 8_000, message_bytes: 32_000 };
  /** `null` until the desk has said how the chat stands. */
  status = null;
  /** An agent has seen the lines up to this `n`. */
  saw = 0;
  /** The name of the agent who is writing, or `null`. */
  writing = null;
  /** How it stands with calling the customer; `null`: there is no telephone here. */
  call = null;
  /** Of which of the desk's epochs, and of which visitor, the lines are. */
  #of = "";
  #lines = new Map();

  welcome({ you, epoch, desk, limits }) {
    Object.assign(this, { desk, limits, writing: null });
    // the same lines come again where nothing else has changed: they are put in their places without a flicker
    const of = `${epoch} ${you.id}`;
    if (of === this.#of) return;
    this.#of = of;
    this.#lines.clear();
    this.saw = 0;
    this.call = null;
  }

  take(event) {
    TAKE[event.e]?.(this, event);
  }

  /** The desk has stored a line of ours; its own event brings it as the desk keeps it, sooner or later. */
  stored({ cid, body }, { seq, at }) {
    if (!this.#lines.has(seq)) this.put({ n: seq, by: { kind: "customer" }, at, body, cid });
  }

  put(line) {
    this.#lines.set(line.n, line);
  }

  /** Every line in order; `n` counts all that this visitor may see, 1 to n. */
  get lines() {
    return [...this.#lines.values()].sort((one, other) => one.n - other.n);
  }

  /** Names the end of the chat, so that its question is asked once. */
  get ending() {
    return `${Math.max(0, ...this.#lines.keys())}`;
  }

  /** Whether somebody can answer now, as far as the desk has said. */
  get answered() {
    const { state, staffed, open_now: openNow } = this.status ?? USUAL_STATUS;
    return state === "open" || (staffed && openNow);
  }
}

const TAKE = {
  line: (chat, { line }) => {
    chat.put(line);
    if (line.by.kind === "agent") chat.writing = null;
  },
  line_changed: (chat, { line }) => chat.put(line),
  status: (chat, { e: _, ...status }) => {
    const before = chat.status?.agent;
    chat.status = { ...USUAL_STATUS, ...status };
    if (status.state !== "open" || chat.status.agent !== before) chat.writing = null;
  },
  your_call: (chat, { e: _, ...call }) => {
    chat.call = call;
  },
  agent_saw: (chat, { n }) => {
    chat.saw = Math.max(chat.saw, n);
  },
  agent_types: (chat, { name, on }) => {
    chat.writing = on ? name : null;
  },
};
