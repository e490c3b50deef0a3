/**
 * Puts the chat into a site: <script src="https://desk.example/embed.js" async></script>. A button, and a frame on the
 * desk's own origin that is loaded when the visitor first opens it. Nothing of the site's page is read but its address
 * (without query and fragment), its title and the script's own data attributes.
 */
(() => {
  const script = document.currentScript;
  const desk = new URL(".", script.src);
  const OPEN_KEY = "agent-tui";
  const WORDS = {
    en: { open: "Chat with us", close: "Close the chat", unread: "new", frame: "Chat" },
    nl: { open: "Chat met ons", close: "Chat sluiten", unread: "nieuw", frame: "Chat" },
  };
  const STYLE = `
    :host { all: initial; }
    button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483001; display: flex; align-items: center; gap: 8px;
      min-height: 48px; padding: 0 20px; border: 0; border-radius: 24px; background: #17565c; color: #fff; cursor: pointer;
      font: 600 16px/1.3 system-ui, sans-serif; box-shadow: 0 4px 16px #0004; }
    button:hover { background: #124a4f; }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #17565c; }
    span { min-width: 22px; padding: 0 6px; border-radius: 11px; background: #fff; color: #17565c; text-align: center; }
    span:empty { display: none; }
    iframe { position: fixed; right: 20px; bottom: 84px; z-index: 2147483000; width: 400px; height: min(640px, 100vh - 108px);
      border: 1px solid #8886; border-radius: 16px; background: #fff; box-shadow: 0 8px 32px #0004; }
    iframe[hidden] { display: none; }
    @media (prefers-color-scheme: dark) { iframe { background: #1c2124; } }
    @media (max-width: 480px), (max-height: 480px) {
      iframe { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
      button[aria-expanded="true"] { display: none; }
    }`;

  const { stage, id, signature, lang } = script.dataset;
  const wished = [lang, ...navigator.languages].filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
  const words = WORDS[wished.find((language) => Object.hasOwn(WORDS, language)) ?? "en"];

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const label = document.createTextNode(words.open);
  const badge = document.createElement("span");
  button.append(label, badge);
  root.append(button);

  let frame = null;
  let loaded = false;
  let byHand = false;

  // a site may have shut its storage; then the chat is simply closed on the next page
  const remember = (value) => {
    try {
      sessionStorage.setItem(OPEN_KEY, value);
    } catch {}
  };
  const remembered = () => {
    try {
      return sessionStorage.getItem(OPEN_KEY);
    } catch {
      return null;
    }
  };

  function load() {
    const page = location.origin + location.pathname;
    const said = { stage, id, signature, lang, url: page, title: document.title };
    const known = Object.entries(said).filter(([, value]) => value);
    frame = document.createElement("iframe");
    frame.title = words.frame;
    frame.hidden = true;
    frame.src = `${desk}#${new URLSearchParams(known)}`;
    frame.addEventListener("load", () => {
      loaded = true;
      tell();
    });
    root.insertBefore(frame, button);
  }

  // "opened" takes the focus; "open" is how it was on the page before
  function tell() {
    if (!loaded) return;
    const state = byHand ? "opened" : "open";
    frame.contentWindow.postMessage({ agentTui: frame.hidden ? "closed" : state }, desk.origin);
  }

  function toggle(open, hand) {
    byHand = hand;
    if (!frame) load();
    frame.hidden = !open;
    label.data = open ? words.close : words.open;
    button.setAttribute("aria-expanded", String(open));
    remember(open ? "open" : "closed");
    tell();
    if (!hand) return;
    if (open) frame.focus();
    else button.focus();
  }

  button.addEventListener("click", () => toggle(frame?.hidden ?? true, true));
  window.addEventListener("message", (message) => {
    if (!frame || message.source !== frame.contentWindow || message.origin !== desk.origin) return;
    const { close, unread } = message.data?.agentTui ?? {};
    if (close) toggle(false, true);
    if (unread !== undefined) badge.textContent = unread > 0 && frame.hidden ? `${unread} ${words.unread}` : "";
  });

  const put = () => {
    document.body.append(host);
    // who was chatting on the page before goes on here, open or closed as it was
    if (remembered() === "open") toggle(true, false);
    else if (remembered()) load();
  };
  if (document.body) put();
  else document.addEventListener("DOMContentLoaded", put);
})();
