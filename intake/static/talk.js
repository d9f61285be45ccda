// A conversation's page works without this script, a page for each step. With it, what is said appears by itself, and forms change
// their part of the page only, so that half-written words and the place in the talk are kept.
const live = document.getElementById("live");
const csrf = document.querySelector("meta[name=csrf]").content;
let typedAt = 0;
let isAsking = false;
let isStale = false;

async function refresh() {
  isStale = true;
  if (isAsking) return;
  isAsking = true;
  while (isStale) {
    isStale = false;
    const response = await fetch(live.dataset.turns, { headers: { Accept: "text/html" } }).catch(() => undefined);
    if (response?.redirected || response?.status === 401) return location.assign("/console/sign-in");
    if (response?.ok) showTurns(parse(await response.text()));
  }
  isAsking = false;
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

// Turns that are there stay the same elements, so that a screen reader reads only what is new.
function showTurns(page) {
  const state = page.getElementById("state");
  const holderChanged = state.dataset.holder !== document.getElementById("state").dataset.holder;
  if (holderChanged || state.innerHTML !== document.getElementById("state").innerHTML) document.getElementById("state").replaceWith(state);
  if (holderChanged) return reload();
  const list = document.getElementById("turns");
  const isAtEnd = live.scrollHeight - live.scrollTop - live.clientHeight < 60;
  for (const turn of page.querySelectorAll("[data-turn]")) {
    const shown = list.querySelector(`[data-turn="${CSS.escape(turn.dataset.turn)}"]`);
    if (!shown) list.append(turn);
    else if (shown.innerHTML !== turn.innerHTML) shown.replaceWith(turn);
  }
  if (isAtEnd) live.scrollTop = live.scrollHeight;
}

// Another page for another state: what was half written is there again as soon as there is a box for it.
function reload() {
  const words = document.getElementById("text")?.value;
  if (words) sessionStorage.setItem(`half-written ${location.pathname}`, words);
  location.reload();
}

function restoreWords() {
  const field = document.getElementById("text");
  const words = sessionStorage.getItem(`half-written ${location.pathname}`);
  if (!field || !words) return;
  field.value = words;
  sessionStorage.removeItem(`half-written ${location.pathname}`);
}

async function submit(event) {
  const form = event.target.closest("form[data-live]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter;
  const fields = new FormData(form, button);
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action");
  const isQuestion = form.method === "get";
  const asked = isQuestion ? fetch(`${address}?${new URLSearchParams(fields)}`, { headers: { Accept: "text/html" } }) : fetch(address, { method: "POST", body: fields, headers: { Accept: "text/html" } });
  if (button) button.disabled = true;
  const response = await asked.catch(() => undefined);
  if (button) button.disabled = false;
  if (!response || (!response.ok && response.status !== 422)) return response && reload();
  showAnswer(parse(await response.text()), isQuestion);
}

function showAnswer(page, keepsWords) {
  const words = document.getElementById("text")?.value;
  document.getElementById("answer").replaceWith(page.getElementById("answer"));
  const field = document.getElementById("text");
  if (keepsWords && field) field.value = words;
  showTurns(page);
  document.querySelector(keepsWords ? "#q" : "#answer [autofocus]")?.focus();
}

function noteTyping(event) {
  if (event.target.id !== "text" || Date.now() - typedAt < 2000) return;
  typedAt = Date.now();
  fetch(live.dataset.typing, { method: "POST", headers: { "X-CSRF": csrf } }).catch(() => undefined);
}

document.addEventListener("submit", submit);
document.addEventListener("input", noteTyping);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
restoreWords();
live.scrollTop = live.scrollHeight;
new EventSource(live.dataset.events).addEventListener("talk", (event) => {
  document.getElementById("typing").textContent = JSON.parse(event.data).is_typing ? "The resident is writing…" : "";
  refresh();
});
