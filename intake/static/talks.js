// The list works without this script; with it, talks appear and go by themselves.
const rows = document.getElementById("rows");

async function refresh() {
  if (document.visibilityState !== "visible") return;
  const response = await fetch("/console/conversations/rows", { headers: { Accept: "text/html" } }).catch(() => undefined);
  if (response?.redirected || response?.status === 401) return location.assign("/console/sign-in");
  if (!response?.ok) return;
  const html = await response.text();
  if (html === rows.dataset.shown) return;
  const focused = document.activeElement?.closest?.("[data-talk]")?.dataset.talk;
  rows.innerHTML = rows.dataset.shown = html;
  rows.querySelector(`[data-talk="${focused}"] a`)?.focus();
}

setInterval(refresh, 3000);
document.addEventListener("visibilitychange", refresh);
