/** How the chat stands, in honest sentences. */

const WEEK_MS = 7 * 24 * 3_600_000;

const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));

function wait(say, seconds, less, about) {
  return seconds < 60 ? say(less) : say(about, { minutes: minutes(seconds) });
}

/** When we open, in the customer's language and by the customer's clock; nothing where that is not known. */
function opening(say, locale, at) {
  const now = Date.now();
  if (at === null || at < now) return "";
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(at);
  if (new Date(at).toDateString() === new Date(now).toDateString()) return say("opens_today", { time });
  const named = at - now < WEEK_MS ? { weekday: "long" } : { day: "numeric", month: "long" };
  return say("opens", { day: new Intl.DateTimeFormat(locale, named).format(at), time });
}

function unanswered(say, locale, status, leave) {
  if (status.open_now) return [say("nobody"), leave];
  return [say("closed"), opening(say, locale, status.opens_at), leave];
}

function queue(say, { ahead, wait_s: seconds }) {
  const place = { null: "queued", 0: "next", 1: "one_ahead" }[ahead] ?? "many_ahead";
  return [say(place, { ahead }), seconds === null ? say("wait_unknown") : wait(say, seconds, "wait_less", "wait")];
}

const SENTENCES = {
  none: ({ say, locale, chat, status }) => {
    if (!chat.answered) return unanswered(say, locale, status, say("leave_message"));
    const { wait_s: seconds } = status;
    return [say("welcome"), seconds === null ? "" : wait(say, seconds, "takes_less", "takes")];
  },
  waiting: ({ say, locale, chat, status, reachable }) => {
    if (chat.answered) return queue(say, status);
    return unanswered(say, locale, status, say(reachable ? "kept_known" : "kept_reach"));
  },
  open: ({ say, status }) => [status.agent ? say("with_agent", { who: status.agent }) : say("with_somebody")],
  resolved: ({ say }) => [say("over")],
};

/** `reachable`: the customer has left a way to be reached. */
export function standing(say, locale, chat, reachable) {
  const { status } = chat;
  if (!status) return say("connecting");
  const sentences = SENTENCES[status.state] ?? SENTENCES.none;
  return sentences({ say, locale, chat, status, reachable }).filter(Boolean).join(" ");
}
