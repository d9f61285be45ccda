// Photos and the position in a chat, beside chat.js: each goes by a request of its own, again and again until it has arrived.
// Its id stays the same, so that it is answered from the stored reply and never counted twice.
const talk = document.getElementById("talk");
const more = document.getElementById("more");
const photo = document.getElementById("photo");
const position = document.getElementById("position");
const error = document.getElementById("more-error");
const session = () => sessionStorage.getItem("chat-session") ?? more.elements.session.value;

function complain(text) {
  error.textContent = text;
  error.hidden = !text;
}

function bubble(content) {
  const p = document.createElement("p");
  p.className = "bubble you waiting";
  const label = document.createElement("span");
  label.className = "who";
  label.textContent = talk.dataset.you;
  p.append(label, content);
  talk.append(p);
  p.scrollIntoView({ block: "nearest" });
  return p;
}

async function deliver(shown, address, request) {
  const p = bubble(shown);
  for (let delay = 1000; ; delay = Math.min(delay * 2, 15000)) {
    try {
      const answer = await fetch(address, { method: "POST", ...request });
      if (answer.status < 500 && answer.status !== 429) {
        take(answer.ok, await answer.json(), p);
        return;
      }
    } catch {
      // No connection: once more, below.
    }
    await new Promise((done) => setTimeout(done, delay));
  }
}

function take(isTaken, frame, p) {
  p.classList.remove("waiting");
  if (isTaken) {
    talk.dispatchEvent(new CustomEvent("answer", { detail: frame }));
  } else {
    p.remove();
    complain(frame.error ?? error.dataset.size);
  }
}

more.addEventListener("submit", (event) => {
  event.preventDefault();
  const [file] = photo.files;
  const isTooLarge = file.size > photo.dataset.megabytes * 1e6;
  complain(isTooLarge ? error.dataset.size : "");
  if (isTooLarge) return;
  const body = new FormData();
  for (const [name, value] of [["session", session()], ["id", crypto.randomUUID()], ["language", talk.dataset.language], ["photo", file]]) body.append(name, value);
  const picture = document.createElement("img");
  picture.className = "preview";
  picture.alt = file.name;
  picture.src = URL.createObjectURL(file);
  deliver(picture, "/chat/photo", { body, headers: { Accept: "application/json" } });
  more.reset();
});

position.hidden = !("geolocation" in navigator);
position.addEventListener("click", () => {
  complain("");
  navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude, longitude } }) => {
      const message = { session: session(), id: crypto.randomUUID(), language: talk.dataset.language, location: { lat: latitude, lon: longitude } };
      deliver(error.dataset.here, "/chat", { body: JSON.stringify(message), headers: { "Content-Type": "application/json" } });
    },
    () => complain(error.dataset.position),
    { timeout: 15000, maximumAge: 60000 },
  );
});
