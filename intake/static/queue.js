// The queue is a page that works without this script; with it, the rows change by themselves when anybody's work changes them.
import { listen } from "./keys.js";

const byId = (id) => document.getElementById(id);
const table = byId("queue");
const title = document.title.replace(/^\(\d+\) /, "");
let isAsking = false;
let isStale = false;

async function refresh() {
  isStale = true;
  if (isAsking) return;
  isAsking = true;
  while (isStale) {
    isStale = false;
    const response = await fetch("/console/waiting", { headers: { Accept: "text/html" } }).catch(() => undefined);
    if (response?.redirected) return location.assign("/console/sign-in");
    if (response?.ok) show(await response.text());
  }
  isAsking = false;
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const focused = document.activeElement?.closest?.("[data-review]")?.dataset.review;
  const rows = page.querySelector("tbody");
  const waiting = Number(rows.dataset.count);
  table.tBodies[0].replaceWith(rows);
  byId("count").textContent = page.getElementById("count").textContent;
  document.title = `(${waiting}) ${title}`;
  table.hidden = waiting === 0;
  byId("empty").hidden = waiting > 0;
  byId("next").disabled = waiting === 0;
  if (focused) (rows.querySelector(`[data-review="${focused}"] a`) ?? byId("next")).focus();
}

if (table) {
  const source = new EventSource(`/console/events?since=${encodeURIComponent(table.dataset.marker)}`);
  source.addEventListener("queue", refresh);
  // A browser that comes back from sleep may have missed what changed.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
}

listen({
  n: () => byId("next").click(),
  u: () => byId("undo")?.requestSubmit(),
  Escape: () => byId("leave")?.click() ?? false,
});
