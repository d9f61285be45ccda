// What somebody has begun to write on the form, kept on their own device: for a day, since the device may be a library's.
const NAME = "report-draft";
const DAY = 24 * 3600 * 1000;

export function readDraft() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME));
    return kept && Date.now() - kept.at < DAY ? kept : undefined;
  } catch {
    return undefined; // A browser may forbid storing.
  }
}

export function keepDraft(words) {
  write({ ...readDraft(), ...words, at: Date.now() });
}

// Note that words go out, and return the session and key to send them under: the same for the same words, so that an answer
// that was lost on the way is given again; others for other words.
export function sendDraft(words, { session, key }) {
  const sent = readDraft()?.sent;
  const text = JSON.stringify(words);
  const isAgain = sent?.text === text;
  const next = isAgain ? sent : { session, key: sent?.key === key ? `${key}.${Date.now()}` : key, text };
  write({ ...words, sent: next, at: Date.now() });
  return next;
}

export function discardDraft() {
  try {
    localStorage.removeItem(NAME);
  } catch {
    // There was nothing to keep it in.
  }
}

function write(draft) {
  try {
    localStorage.setItem(NAME, JSON.stringify(draft));
  } catch {
    // Full or forbidden: the form works as without a script.
  }
}
