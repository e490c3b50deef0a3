/** Where the customer writes. The text stays in it until this browser has kept it. */

const NEAR_LIMIT = 0.9;
const DRAFT_MS = 400;
const WRITING_AGAIN_MS = 3_000;
const STOPPED_MS = 4_000;
const NOTICE_MS = 12_000;

const codePoints = (text) => [...text].length;
const bytes = (text) => new TextEncoder().encode(text).length;

export class Composer {
  #say;
  #storage;
  #limits;
  #on;
  #form = document.getElementById("composer");
  #text = document.getElementById("text");
  #notice = document.getElementById("notice");
  #draftTimer;
  #stopTimer;
  #noticeTimer;
  #toldAt = 0;

  /** `limits()` as the desk told them; `on` has `send(text)`, which rejects if the text could not be kept, and `writing(on)`. */
  constructor({ say, storage, limits, on }) {
    this.#say = say;
    this.#storage = storage;
    this.#limits = limits;
    this.#on = on;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("keydown", (event) => {
      // 229: the Enter that ends a composition in Safari, where isComposing is already false
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    for (const kind of ["paste", "drop", "dragover"]) document.addEventListener(kind, (event) => this.#refuseFiles(event));
  }

  async restore() {
    const draft = await this.#storage.kept("draft");
    if (draft && !this.#text.value) this.put(draft);
  }

  focus() {
    this.#text.focus();
  }

  get isEmpty() {
    return !this.#text.value.trim();
  }

  /** Puts text in, before what is there. */
  put(text) {
    this.#text.value = [text, this.#text.value].filter(Boolean).join("\n");
    this.#changed();
  }

  /** Says something under the text for a while; `calm`: nothing is wrong. */
  notice(text, { calm = false } = {}) {
    clearTimeout(this.#noticeTimer);
    this.#notice.textContent = text;
    this.#notice.classList.toggle("calm", calm);
    if (text) this.#noticeTimer = setTimeout(() => this.notice(""), NOTICE_MS);
  }

  async #submit() {
    const text = this.#text.value.toWellFormed().replace(/^\s*\n/, "").trimEnd();
    if (!text.trim() || this.#tooLong(text)) return;
    this.#text.value = "";
    this.#grow();
    this.#stopWriting();
    clearTimeout(this.#draftTimer);
    try {
      await this.#on.send(text);
      this.notice("");
      this.#keepDraft();
    } catch {
      this.put(text);
      this.notice(this.#say("cannot_keep"));
    }
  }

  #changed() {
    this.#grow();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#keepDraft(), DRAFT_MS);
    const text = this.#text.value;
    const { message_code_points: most } = this.#limits();
    const left = most - codePoints(text);
    this.notice(text.length > most * NEAR_LIMIT && left >= 0 ? this.#say("characters_left", { left }) : "", { calm: true });
    if (text.trim()) this.#tellWriting();
    else this.#stopWriting();
  }

  #tooLong(text) {
    const { message_code_points: most, message_bytes: mostBytes } = this.#limits();
    // a character is four bytes at most, so this many fewer always fit
    const over = Math.max(codePoints(text) - most, Math.ceil((bytes(text) - mostBytes) / 4));
    if (over > 0) this.notice(this.#say("too_long", { over }));
    return over > 0;
  }

  #keepDraft() {
    this.#storage.keep("draft", this.#text.value).catch(() => {});
  }

  #grow() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
  }

  #tellWriting() {
    clearTimeout(this.#stopTimer);
    this.#stopTimer = setTimeout(() => this.#stopWriting(), STOPPED_MS);
    if (Date.now() - this.#toldAt < WRITING_AGAIN_MS) return;
    this.#toldAt = Date.now();
    this.#on.writing(true);
  }

  #stopWriting() {
    clearTimeout(this.#stopTimer);
    if (this.#toldAt) this.#on.writing(false);
    this.#toldAt = 0;
  }

  #refuseFiles(event) {
    const data = event.clipboardData ?? event.dataTransfer;
    if (!data || ![...data.types].includes("Files") || data.types.includes("text/plain")) return;
    event.preventDefault();
    if (event.type !== "dragover") this.notice(this.#say("no_files"));
  }
}
