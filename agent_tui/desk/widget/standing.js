/** How the chat stands, in honest sentences. */

const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));

function wait(say, seconds, less, about) {
  return seconds < 60 ? say(less) : say(about, { minutes: minutes(seconds) });
}

/** When we open: in the customer's language if the moment is known, else as the desk says it. */
function opening(say, locale, status, hours) {
  const at = hours?.open === false ? hours.changes_at : null;
  if (!at || at < Date.now()) return status.hours;
  const day = new Intl.DateTimeFormat(locale, { weekday: "long" });
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  return say("opens", { day: day.format(at), time: time.format(at) });
}

function unanswered(say, locale, status, hours, leave) {
  if (status.open_now) return [say("nobody"), leave];
  return [say("closed"), opening(say, locale, status, hours), leave];
}

function queue(say, { ahead, wait_s: seconds }) {
  const place = { null: "queued", 0: "next", 1: "one_ahead" }[ahead] ?? "many_ahead";
  return [say(place, { ahead }), seconds === null ? say("wait_unknown") : wait(say, seconds, "wait_less", "wait")];
}

const SENTENCES = {
  none: ({ say, locale, chat, status }) => {
    if (!chat.answered) return unanswered(say, locale, status, chat.hours, say("leave_message"));
    const { wait_s: seconds } = status;
    return [say("welcome"), seconds === null ? "" : wait(say, seconds, "takes_less", "takes")];
  },
  waiting: ({ say, locale, chat, status, reachable }) => {
    if (chat.answered) return queue(say, status);
    return unanswered(say, locale, status, chat.hours, say(reachable ? "kept_known" : "kept_reach"));
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
