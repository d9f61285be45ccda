// An item works as forms without this script. With it: keys, a search as one types, places on the map, and words that say what Enter does.
import { combobox } from "./combobox.js";
import { isTyping, listen } from "./keys.js";

const byId = (id) => document.getElementById(id);
const decide = byId("decide");
const language = byId("language");
const asJson = { headers: { Accept: "application/json" } };

// ---- What would be done, said before it is done.
const will = byId("will");
const primary = byId("primary");

function say() {
  if (will.dataset.case) return;
  const service = document.querySelector("[name=service]:checked");
  const place = byId("place").value.trim();
  primary.firstElementChild.textContent = service?.value ? "Open the case" : "Keep corrections";
  will.textContent = service?.value
    ? `Opens a case: ${service.dataset.name}${place ? ` at ${place}` : " without a place"}. ${service.dataset.department} gets it. ${will.dataset.told}`
    : "Opens nothing: it keeps what you correct. Choose a service to open a case, or answer, or close.";
}
document.addEventListener("change", say);
byId("place").addEventListener("input", say);

// ---- Services: five by key, all by search.
function choose(service, field) {
  const other = byId(field.dataset.combobox);
  if (!other) {
    field.value = `${service.name} (${service.code})`;
    return;
  }
  field.value = "";
  const known = document.querySelector(`[name=service][value="${service.code}"]`);
  const radio = known ?? other;
  if (!known) {
    byId("other").hidden = false;
    other.value = service.code;
    Object.assign(other.dataset, { name: service.name, department: service.department });
    other.labels[0].textContent = service.name;
  }
  radio.checked = true;
  field.blur();
  say();
}
for (const field of document.querySelectorAll("[data-combobox]")) combobox(field, decide.dataset.language, choose);
// Words that led to no choice are not sent: what is chosen stands above.
byId("search").addEventListener("blur", () => (byId("search").value = ""));

// ---- Places: candidates for the words, and a point on the map.
const place = byId("place");
const candidates = byId("candidates");
const map = byId("map");
let typed;

function offer(places) {
  candidates.querySelectorAll("div").forEach((row) => row.remove());
  places.forEach((found, index) => {
    const row = document.createElement("div");
    const radio = document.createElement("input");
    const label = document.createElement("label");
    Object.assign(radio, { type: "radio", name: "candidate", id: `candidate-${index + 1}`, value: found.value, checked: index === 0 });
    radio.setAttribute("form", "decide");
    label.htmlFor = radio.id;
    label.textContent = found.words;
    row.append(radio, " ", label);
    candidates.append(row);
  });
  candidates.hidden = places.length === 0;
}

async function locate() {
  const query = new URLSearchParams({ q: place.value, language: language.value });
  const response = await fetch(`/console/places?${query}`, asJson).catch(() => undefined);
  if (!response?.ok) return;
  const { places, points } = await response.json();
  offer(places);
  map.setAttribute("points", JSON.stringify(points));
}
place.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(locate, 400);
});
map.addEventListener("pick", ({ detail: { lat, lon } }) => {
  const words = place.value.trim() || `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  place.value = words;
  offer([{ words: "The point that you chose on the map", value: JSON.stringify({ text: words, precision: "point", latitude: lat, longitude: lon }) }]);
  map.setAttribute("points", JSON.stringify([{ lat, lon, kind: "candidate", label: words }]));
  say();
});

// ---- Answers from articles: what the resident wrote is looked up as soon as somebody wants to answer.
const answer = byId("answer");
const found = byId("found");
const asked = byId("articles");

async function find() {
  const query = new URLSearchParams({ q: asked.value, language: language.value });
  const response = await fetch(`/console/articles?${query}`, asJson).catch(() => undefined);
  if (!response?.ok) return;
  const { articles } = await response.json();
  found.replaceChildren(...articles.map(row));
  if (articles.length === 0) found.textContent = "No article fits.";
}

function row(article) {
  const [li, button, title, text] = ["li", "button", "strong", "span"].map((name) => document.createElement(name));
  Object.assign(button, { className: "button quiet small", name: "article", value: article.id, textContent: "Send" });
  button.setAttribute("form", "decide");
  button.setAttribute("formaction", found.dataset.sendTo);
  button.setAttribute("aria-label", `Send: ${article.title}`);
  title.textContent = article.title;
  Object.assign(text, { lang: article.language, dir: "auto", textContent: article.text });
  li.append(button, " ", title, " ", text);
  return li;
}

byId("finding").addEventListener("submit", async (event) => {
  event.preventDefault();
  await find();
  found.querySelector("button")?.focus();
});
answer.addEventListener("toggle", () => {
  if (!answer.open || asked.value) return;
  asked.value = document.querySelector(".original").textContent.trim().slice(0, 300);
  find();
});

// ---- What is hidden until somebody asks for it: only the message changes, not what was chosen beside it.
document.addEventListener("submit", async (event) => {
  if (event.target.id !== "showing") return;
  event.preventDefault();
  const response = await fetch(event.target.action, { method: "POST", body: new FormData(event.target) }).catch(() => undefined);
  if (!response?.ok) return event.target.submit();
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  byId("message").replaceWith(page.getElementById("message"));
});

// ---- The last action can be undone for a minute.
const undo = byId("undo");
if (undo) setTimeout(() => undo.remove(), Number(undo.dataset.seconds) * 1000);

// ---- Keys.
const press = (id) => byId(id)?.click();

function show(id, first) {
  byId(id).open = true;
  byId(first).focus();
}

function send() {
  (document.querySelector("details[name=act][open] [data-send]") ?? primary).click();
}

function leave({ target }) {
  const open = document.querySelector("details[name=act][open]");
  if (isTyping(target)) target.blur();
  else if (open) open.open = false;
  else press("leave");
}

function pick(number) {
  const radio = byId(`service-${number}`);
  if (!radio) return false;
  radio.checked = true;
  say();
}

listen({
  ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((number) => [String(number), () => pick(number)])),
  "/": () => byId("search").focus(),
  w: () => place.select(),
  a: () => show("answer", "text"),
  s: () => show("split", "second"),
  c: () => show("close", "outcome"),
  j: () => press("join"),
  u: () => undo?.isConnected && undo.requestSubmit(),
  n: () => press("skip"),
  Enter: () => primary.click(),
  "Ctrl+Enter": send,
  Escape: leave,
});

// In a field Enter only ends the writing: no case is opened by an Enter too many.
for (const field of document.querySelectorAll("input[form=decide]:not([type=radio]):not([data-combobox])")) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    field.blur();
  });
}
// A second press while the first is on its way does nothing.
decide.addEventListener("submit", (event) => {
  if (decide.dataset.sent) event.preventDefault();
  decide.dataset.sent = "yes";
});
// A page that comes back by the browser's own button is one that can be sent again.
addEventListener("pageshow", () => delete decide.dataset.sent);
say();
