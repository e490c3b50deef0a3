/** Every sentence of the widget, in the languages it speaks. `{x}` is filled in; the keys are the same in each. */

const WORDS = {
  en: {
    chat: "Chat",
    transcript: "Messages",
    menu: "More",
    close: "Close the chat",
    you: "You",
    agent: "Agent",
    today: "Today",
    yesterday: "Yesterday",
    your_line: "Your message",
    placeholder: "Write a message",
    hint: "Enter sends, Shift and Enter begin a new line.",
    send: "Send",
    newer: "↓ New message",
    typing: "{who} is writing …",

    sending: "sending",
    waiting: "not sent yet",
    sent: "✓ sent",
    seen: "✓✓ seen",
    refused: "✗ Not sent: {why}",
    again: "Try again",
    edit: "Edit",
    withdrawn: "message withdrawn",

    claimed: "{who} joined the chat",
    took_over: "{who} took over from {what}",
    ended: "You ended the chat",

    welcome: "Write to us, we answer here.",
    takes_less: "An answer takes less than a minute.",
    takes: "An answer takes about {minutes} min.",
    connecting: "Connecting …",
    next: "You are next.",
    one_ahead: "One person is before you.",
    many_ahead: "{ahead} people are before you.",
    queued: "Your message is with us.",
    wait_less: "It should take less than a minute.",
    wait: "It should take about {minutes} min.",
    wait_unknown: "We can't say how long it will take.",
    with_agent: "You are talking to {who}.",
    with_somebody: "We are reading along.",
    over: "This chat has ended. Write again to go on.",
    closed: "We are closed now.",
    opens: "We open on {day} at {time}.",
    opens_today: "We open at {time}.",
    nobody: "Nobody can answer at the moment.",
    leave_message: "Leave your message, and tell us how we can reach you.",
    kept_reach: "Your message is kept. Tell us how we can reach you.",
    kept_known: "Your message is kept, and we know how to reach you.",

    no_connection: "No connection. What you write is kept in this browser and sent as soon as there is one.",
    restarting: "One moment, the chat is restarting. What you write is kept and sent after that.",
    keeps_nothing: "This browser keeps nothing for this page: leave it open until your messages are sent.",
    other_version: "This page is older than the chat behind it. Reload the page; what you wrote is kept.",
    too_many_pages: "The chat can't take this page at the moment; it may be open in too many tabs. It tries again by itself.",
    blocked: "You can't write here at the moment. What you wrote is kept in this browser; you can try again later.",
    why_blocked: "you can't write here at the moment",
    why_too_long: "it is too long",
    why_too_fast: "that was a lot at once; wait a moment",
    why_disk_full: "we can't store anything at the moment; try again later",
    why_stopping: "the chat is restarting; try again in a moment",
    why_other: "the chat could not take it",
    not_done: "That did not work: {why}. Nothing was changed.",
    cannot_keep: "This browser could not keep your message, so it was not sent. Your text is still here: try again.",
    too_long: "This is too long by {over} characters. Shorten it, or send it in parts.",
    characters_left: "{left} characters left",
    no_files: "Files can't be sent here yet. Nothing was sent; you can describe it in words.",
    desk_full: "We can't store messages at the moment. Yours is kept here and tried again by itself.",
    too_fast: "That was a lot at once. Your messages follow by themselves in a moment.",

    reach_title: "How we can reach you",
    reach_why: "So that we can answer when you have left this page. Fill in what you like.",
    name: "Name",
    email: "E-mail",
    phone: "Phone",
    keep: "Keep this",
    not_now: "Not now",
    reach_kept: "Thank you, we know how to reach you.",
    reach_later: "Kept in this browser; we get it as soon as there is a connection.",
    save_copy: "Save a copy",
    copy_name: "chat",
    nothing_to_save: "There is nothing to save yet.",
    end_chat: "End the chat",
    end_sure: "End this chat? You can still save a copy, and write again later.",
    go_on: "Go on with the chat",
    not_now_offline: "There is no connection at the moment. Nothing has changed; try again when there is one.",
    question: "Did we help you?",
    yes: "Yes",
    partly: "Partly",
    no: "No",
    thanks: "Thank you for your answer.",
  },
  nl: {
    chat: "Chat",
    transcript: "Berichten",
    menu: "Meer",
    close: "Chat sluiten",
    you: "U",
    agent: "Medewerker",
    today: "Vandaag",
    yesterday: "Gisteren",
    your_line: "Uw bericht",
    placeholder: "Schrijf een bericht",
    hint: "Enter verstuurt, Shift en Enter beginnen een nieuwe regel.",
    send: "Verstuur",
    newer: "↓ Nieuw bericht",
    typing: "{who} schrijft …",

    sending: "wordt verstuurd",
    waiting: "nog niet verstuurd",
    sent: "✓ verstuurd",
    seen: "✓✓ gezien",
    refused: "✗ Niet verstuurd: {why}",
    again: "Opnieuw proberen",
    edit: "Wijzigen",
    withdrawn: "bericht ingetrokken",

    claimed: "{who} doet mee aan de chat",
    took_over: "{who} neemt het over van {what}",
    ended: "U hebt de chat beëindigd",

    welcome: "Schrijf ons, we antwoorden hier.",
    takes_less: "Een antwoord duurt minder dan een minuut.",
    takes: "Een antwoord duurt ongeveer {minutes} min.",
    connecting: "Verbinding maken …",
    next: "U bent aan de beurt.",
    one_ahead: "Er is één persoon voor u.",
    many_ahead: "Er zijn {ahead} mensen voor u.",
    queued: "Uw bericht is bij ons aangekomen.",
    wait_less: "Het duurt waarschijnlijk minder dan een minuut.",
    wait: "Het duurt waarschijnlijk ongeveer {minutes} min.",
    wait_unknown: "We kunnen niet zeggen hoe lang het duurt.",
    with_agent: "U spreekt met {who}.",
    with_somebody: "We lezen mee.",
    over: "Deze chat is afgelopen. Schrijf opnieuw om verder te gaan.",
    closed: "We zijn nu gesloten.",
    opens: "We gaan {day} om {time} open.",
    opens_today: "We gaan om {time} open.",
    nobody: "Op dit moment kan niemand antwoorden.",
    leave_message: "Laat een bericht achter, en zeg hoe we u kunnen bereiken.",
    kept_reach: "Uw bericht is bewaard. Zeg ons hoe we u kunnen bereiken.",
    kept_known: "Uw bericht is bewaard, en we weten hoe we u kunnen bereiken.",

    no_connection: "Geen verbinding. Wat u schrijft blijft in deze browser bewaard en gaat weg zodra die er weer is.",
    restarting: "Een ogenblik, de chat herstart. Wat u schrijft blijft bewaard en gaat daarna weg.",
    keeps_nothing: "Deze browser bewaart niets voor deze pagina: laat haar open tot uw berichten verstuurd zijn.",
    other_version: "Deze pagina is ouder dan de chat erachter. Laad de pagina opnieuw; wat u schreef is bewaard.",
    too_many_pages: "De chat kan deze pagina nu niet aan; misschien staat hij in te veel tabbladen open. Het gaat vanzelf opnieuw.",
    blocked: "U kunt hier op dit moment niet schrijven. Wat u schreef blijft in deze browser; u kunt het later opnieuw proberen.",
    why_blocked: "u kunt hier op dit moment niet schrijven",
    why_too_long: "het is te lang",
    why_too_fast: "dat was veel tegelijk; wacht een ogenblik",
    why_disk_full: "we kunnen op dit moment niets opslaan; probeer het later opnieuw",
    why_stopping: "de chat herstart; probeer het zo opnieuw",
    why_other: "de chat kon het niet aannemen",
    not_done: "Dat is niet gelukt: {why}. Er is niets veranderd.",
    cannot_keep: "Deze browser kon uw bericht niet bewaren, dus het is niet verstuurd. Uw tekst staat er nog: probeer het opnieuw.",
    too_long: "Dit is {over} tekens te lang. Maak het korter, of verstuur het in delen.",
    characters_left: "nog {left} tekens",
    no_files: "Bestanden kunnen hier nog niet worden verstuurd. Er is niets verstuurd; beschrijf het in woorden.",
    desk_full: "We kunnen op dit moment geen berichten opslaan. Het uwe blijft hier bewaard en gaat vanzelf opnieuw.",
    too_fast: "Dat was veel tegelijk. Uw berichten volgen zo vanzelf.",

    reach_title: "Hoe we u kunnen bereiken",
    reach_why: "Zo kunnen we antwoorden als u van deze pagina weg bent. Vul in wat u wilt.",
    name: "Naam",
    email: "E-mail",
    phone: "Telefoon",
    keep: "Bewaren",
    not_now: "Nu niet",
    reach_kept: "Dank u, we weten hoe we u kunnen bereiken.",
    reach_later: "In deze browser bewaard; we krijgen het zodra er verbinding is.",
    save_copy: "Een kopie bewaren",
    copy_name: "chat",
    nothing_to_save: "Er is nog niets om te bewaren.",
    end_chat: "Chat beëindigen",
    end_sure: "Deze chat beëindigen? U kunt nog een kopie bewaren, en later opnieuw schrijven.",
    go_on: "Verder chatten",
    not_now_offline: "Er is op dit moment geen verbinding. Er is niets veranderd; probeer het als die er weer is.",
    question: "Hebben we u geholpen?",
    yes: "Ja",
    partly: "Gedeeltelijk",
    no: "Nee",
    thanks: "Dank u voor uw antwoord.",
  },
};

const languageOf = (tag) => tag.toLowerCase().split("-")[0];

function isLocale(tag) {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** The first of the wished-for locales (BCP 47 tags) whose language the widget speaks, else English. */
export function chooseLocale(wished) {
  const locale = wished.find((tag) => isLocale(tag) && Object.hasOwn(WORDS, languageOf(tag))) ?? "en";
  return { locale, language: languageOf(locale) };
}

/** Sentences in one language: `say("wait", { minutes: 3 })`. Values are put in as text, never parsed. */
export function wordsIn(language) {
  const table = WORDS[language];
  return (key, values = {}) => table[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Whether there is a sentence of this name. */
export const hasWord = (key) => Object.hasOwn(WORDS.en, key);

/** Why the desk refused, in the customer's language: its own sentences are for programs and staff. */
export function whyNot(say, code) {
  const key = `why_${code}`;
  return say(hasWord(key) ? key : "why_other");
}
