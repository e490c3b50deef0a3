/** What opens between transcript and composer: how to reach the customer, whether to end, the one question at the end. */

const byId = (id) => document.getElementById(id);

/** A part that opens and closes; Escape closes it, and the focus goes back to where one writes. */
export class Panel {
  element;
  #back;

  constructor(element, back) {
    this.element = element;
    this.#back = back;
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  open({ focus = true } = {}) {
    this.element.hidden = false;
    if (focus) this.element.querySelector("input, button").focus();
  }

  close() {
    const hadFocus = this.element.contains(document.activeElement);
    this.element.hidden = true;
    if (hadFocus) this.#back();
  }
}

const FIELDS = ["name", "email", "phone"];
/** Where the whole form would take a third of the page from the chat. */
const SMALL = matchMedia("(max-width: 30rem), (max-height: 40rem)");

/** Name, e-mail and phone, each optional. Kept in this browser until the desk has it. */
export class Reach {
  #contact = null;
  #dismissed = false;
  /** Opened by itself, and nobody has touched it since. */
  #offered = false;
  #storage;
  #panel;
  #introduce;
  #form = byId("reach");

  /** `introduce(contact)` resolves with true once the desk has it, with false while there is no connection. */
  constructor({ storage, back, introduce }) {
    this.#storage = storage;
    this.#introduce = introduce;
    this.#panel = new Panel(this.#form, back);
    byId("menu-reach").addEventListener("click", () => {
      byId("menu").hidePopover();
      this.#unfold();
    });
    byId("reach-open").addEventListener("click", () => this.#unfold());
    this.#form.addEventListener("input", () => (this.#offered = false));
    byId("reach-not-now").addEventListener("click", () => {
      this.#dismissed = true;
      this.#panel.close();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#keep(Object.fromEntries(FIELDS.map((field) => [field, this.#form.elements[field].value.trim()])));
    });
  }

  get phone() {
    return this.#contact?.phone ?? "";
  }

  get reachable() {
    return Boolean(this.#contact?.email || this.#contact?.phone);
  }

  async restore() {
    this.#contact = (await this.#storage.kept("contact")) ?? null;
    for (const field of FIELDS) this.#form.elements[field].value = this.#contact?.[field] ?? "";
  }

  /** Asks by itself, once, without taking the focus; on a small screen in one row. */
  offer() {
    if (this.reachable || this.#dismissed || !this.#form.hidden) return;
    this.#offered = true;
    this.#form.classList.toggle("folded", SMALL.matches);
    this.#panel.open({ focus: false });
  }

  /** Somebody is there: what nobody has begun to fill in makes room; the menu still has it. */
  withdraw() {
    if (!this.#offered || this.#form.contains(document.activeElement)) return;
    this.#offered = false;
    this.#panel.close();
  }

  #unfold() {
    this.#offered = false;
    this.#form.classList.remove("folded");
    this.#panel.open();
  }

  /** Tells the desk what it does not know yet. */
  async tell() {
    if (!this.#contact || this.#contact.told) return;
    const { told: _, ...contact } = this.#contact;
    if (await this.#introduce(contact)) await this.#remember({ ...contact, told: true });
  }

  async #keep(contact) {
    this.#dismissed = true;
    this.#panel.close();
    await this.#remember({ ...contact, told: false });
    await this.tell();
  }

  async #remember(contact) {
    this.#contact = contact;
    await this.#storage.keep("contact", contact).catch(() => {});
  }
}

/** "End this chat?", asked once before it is ended. */
export function askToEnd({ back, end }) {
  const panel = new Panel(byId("leave"), back);
  byId("menu-end").addEventListener("click", () => {
    byId("menu").hidePopover();
    panel.open();
  });
  byId("leave-no").addEventListener("click", () => panel.close());
  byId("leave-yes").addEventListener("click", () => {
    panel.close();
    end();
  });
}

/** "Did we help you?", shown when the chat has ended and no answer was given. */
export class Rating {
  #panel;
  #storage;
  #answered;
  #asking;

  /** `rate(answer)` resolves with true once the desk has it. */
  constructor({ storage, back, rate }) {
    this.#storage = storage;
    this.#panel = new Panel(byId("rating"), back);
    for (const button of byId("rating").querySelectorAll("[data-rate]")) {
      button.addEventListener("click", async () => {
        if (await rate(button.dataset.rate)) this.#settle();
      });
    }
  }

  async restore() {
    this.#answered = await this.#storage.kept("rated");
  }

  /** `ending` names the end the question is about; empty while the chat goes on. */
  show(ending) {
    if (ending === this.#asking) return;
    this.#asking = ending;
    if (ending && ending !== this.#answered) this.#panel.open({ focus: false });
    else this.#panel.close();
  }

  #settle() {
    this.#answered = this.#asking;
    this.#storage.keep("rated", this.#asking).catch(() => {});
    this.#panel.close();
  }
}
