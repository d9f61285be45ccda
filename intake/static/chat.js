// The chat works without this script, a page a message. With it, messages go over one connection; each has an id, so that
// a message that is sent again after a lost connection is answered from the stored reply and never counted twice.
const talk = document.getElementById("talk");
const write = document.getElementById("write");
const say = document.getElementById("say");
const choices = document.getElementById("choices");
const session = sessionStorage.getItem("chat-session") ?? say.elements.session.value;
sessionStorage.setItem("chat-session", session);

const waiting = new Map(); // id → {frame, bubble}, until an answer with this id comes
let socket;
let delay = 500;
let notice;

function connect() {
  socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/chat`);
  socket.addEventListener("open", () => {
    delay = 500;
    notice?.remove();
    notice = undefined;
    for (const { frame } of waiting.values()) socket.send(frame);
  });
  socket.addEventListener("message", (event) => show(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    notice ??= bubble("us", talk.dataset.offline);
    setTimeout(connect, delay);
    delay = Math.min(delay * 2, 15000);
  });
}

function bubble(who, text, language) {
  const p = document.createElement("p");
  p.className = `bubble ${who}`;
  p.dir = "auto";
  if (language) p.lang = language;
  const label = document.createElement("span");
  label.className = "who";
  label.textContent = talk.dataset[who];
  p.append(label, ` ${text}`);
  talk.append(p);
  p.scrollIntoView({ block: "nearest" });
  return p;
}

function send(text, shown) {
  const id = crypto.randomUUID();
  const frame = JSON.stringify({ session, id, text, language: talk.dataset.language });
  const p = bubble("you", shown ?? text);
  p.classList.add("waiting");
  waiting.set(id, { frame, bubble: p });
  choices.replaceChildren();
  if (socket.readyState === WebSocket.OPEN) socket.send(frame);
}

function show(answer) {
  waiting.get(answer.id)?.bubble.classList.remove("waiting");
  waiting.delete(answer.id);
  for (const reply of answer.replies ?? []) {
    const p = bubble("us", reply.text, reply.language);
    for (const link of reply.links) {
      const a = document.createElement("a");
      a.href = link;
      a.textContent = link.split("?")[0];
      p.append(document.createElement("br"), a);
    }
    for (const choice of reply.choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button quiet";
      button.textContent = choice.label;
      button.addEventListener("click", () => send(choice.value, choice.label));
      choices.append(button);
    }
  }
}

say.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = say.elements.text;
  if (field.value.trim()) send(field.value.trim());
  field.value = "";
  field.focus();
});
write.addEventListener("submit", (event) => event.preventDefault());
connect();
