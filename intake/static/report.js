// The form works without this script. With it, what is written stays on the device until the server has taken it, a photo is
// seen and measured before it is sent, and the place can be given by position or on a map.
import { discardDraft, keepDraft, readDraft, sendDraft } from "./draft.js";

const form = document.getElementById("report");
const field = (name) => form.elements.namedItem(name);
const show = (id, isShown) => { document.getElementById(id).hidden = !isShown; };

// Without the phone number and the photo: a device may be lent.
const KEPT = ["what", "where", "language"];
const written = () => Object.fromEntries(KEPT.map((name) => [name, field(name).value]));

function restore() {
  const kept = readDraft();
  // What came back from the server with an error is newer than what is kept here.
  if (!kept || field("what").value || field("where").value || !(kept.what || kept.where)) return;
  for (const name of KEPT) field(name).value = kept[name];
  show("restored", true);
}
restore();
form.addEventListener("input", (event) => {
  if (KEPT.includes(event.target.name)) keepDraft(written());
});
document.getElementById("discard").addEventListener("click", () => {
  discardDraft();
  for (const name of ["what", "where"]) field(name).value = "";
  show("restored", false);
  field("what").focus();
});

const notice = document.getElementById("offline");
function say(state) {
  notice.textContent = notice.dataset[state];
  notice.hidden = false;
}
addEventListener("offline", () => say("offline"));
addEventListener("online", () => { if (!notice.hidden) say("online"); });
form.addEventListener("submit", (event) => {
  if (!navigator.onLine) {
    event.preventDefault();
    keepDraft(written());
    say("offline");
    return;
  }
  // The same words again, after an answer that was lost on the way, go under the same key: the server then answers as before.
  const sent = sendDraft(written(), { session: field("session").value, key: field("key").value });
  field("session").value = sent.session;
  field("key").value = sent.key;
});

const photo = field("photo");
const preview = document.getElementById("preview");
photo.addEventListener("change", () => {
  const [file] = photo.files;
  const isTooLarge = Boolean(file) && file.size > photo.dataset.megabytes * 1e6;
  show("photo-error", isTooLarge);
  photo.setAttribute("aria-invalid", String(isTooLarge));
  if (isTooLarge) photo.value = "";
  URL.revokeObjectURL(preview.src);
  preview.hidden = true;
  if (!file || isTooLarge) return;
  preview.alt = file.name;
  preview.src = URL.createObjectURL(file);
});
// A browser that cannot show a format (HEIC, often) can still send it.
preview.addEventListener("load", () => { preview.hidden = false; });

function put(lat, lon) {
  field("lat").value = lat;
  field("lon").value = lon;
  const where = field("where");
  if (where.value && where.value !== where.dataset.filled) return;
  where.value = where.dataset.filled = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  keepDraft(written());
}
// A place that is written anew is not the one that was pointed at.
field("where").addEventListener("input", () => {
  field("lat").value = field("lon").value = "";
});

const position = document.getElementById("position");
if ("geolocation" in navigator) {
  position.hidden = false;
  position.addEventListener("click", () => {
    show("no-position", false);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => put(coords.latitude, coords.longitude),
      () => show("no-position", true),
      { timeout: 15000, maximumAge: 60000 },
    );
  });
}

const onMap = document.getElementById("on-map");
const map = onMap.querySelector("city-map");
onMap.hidden = false;
onMap.addEventListener("toggle", () => import(onMap.dataset.module).catch(() => { onMap.hidden = true; }));
map.addEventListener("pick", ({ detail: { lat, lon } }) => {
  map.setAttribute("points", JSON.stringify([{ lat, lon, label: "", kind: "here" }]));
  put(lat, lon);
});
