/**
 * Where the widget is: on the desk's own page, or in a frame that `embed.js` put into a site. What the site says (stage,
 * signed id, address, language) comes in the fragment, which no server sees in its log.
 */

const given = new URLSearchParams(location.hash.slice(1));
const LONGEST = 500;

const originOf = (address) => (URL.canParse(address) ? new URL(address).origin : "");

export class Page {
  embedded = window.parent !== window;
  languages = [given.get("lang"), ...navigator.languages].filter(Boolean);
  /** Whose browser this is for the site; what one person writes is never sent under another's name. */
  identity = given.get("id") ?? "";
  #site = originOf(given.get("url"));
  #open = !this.embedded;
  #onShown = () => {};

  constructor() {
    const shown = () => this.#onShown(false);
    document.addEventListener("visibilitychange", shown);
    window.addEventListener("focus", shown);
    window.addEventListener("pageshow", shown);
    window.addEventListener("message", (message) => {
      if (message.source !== window.parent || message.origin !== this.#site || !message.data?.agentTui) return;
      this.#open = message.data.agentTui !== "closed";
      this.#onShown(message.data.agentTui === "opened");
    });
  }

  /** `callback(opened)` when the page comes into view or leaves it; `opened` when the customer has just opened it. */
  whenShown(callback) {
    this.#onShown = callback;
    callback(this.#open);
  }

  get shown() {
    return this.#open && document.visibilityState === "visible";
  }

  /** Tells the site's `embed.js`: `{close: true}` or `{unread: 2}`. */
  tell(what) {
    if (this.embedded && this.#site) window.parent.postMessage({ agentTui: what }, this.#site);
  }

  /** What the desk is told each time we come (`PageNow`). */
  now() {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const here = location.origin + location.pathname;
    return {
      page_title: (given.get("title") ?? document.title).slice(0, LONGEST),
      page_url: (given.get("url") ?? here).slice(0, LONGEST),
      language: this.languages[0] ?? "",
      time_zone: timeZone ?? "",
    };
  }

  /** What it is told when we come for the first time (`NewVisitor`). */
  first() {
    const signature = given.get("signature") ?? "";
    return { ...this.now(), stage: given.get("stage") ?? "", signed_id: this.identity, signature };
  }
}
