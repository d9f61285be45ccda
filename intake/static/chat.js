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
let seen = 0; // the newest message of a person that this page shows; a page that is loaded anew has shown none
let typedAt = 0;
let typingEnds;
const shown = new Set();

function connect() {
  socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/chat`);
  socket.addEventListener("open", () => {
    delay = 500;
    notice?.remove();
    notice = undefined;
    socket.send(JSON.stringify({ session, seen }));
    for (const { frame } of waiting.values()) socket.send(frame);
  });
  socket.addEventListener("message", (event) => take(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    notice ??= bubble("us", talk.dataset.offline);
    setTimeout(connect, delay);
    delay = Math.min(delay * 2, 15000);
  });
}

// What comes unasked (a person's message, that a person has the talk, that somebody types), or the answer to a message.
function take(frame) {
  if (frame.staff) showStaff(frame.staff);
  else if ("held" in frame) choices.replaceChildren();
  else if (frame.typing) showTyping();
  else show(frame);
}

function bubble(who, text, language) {
  const p = document.createElement("p");
  p.className = `bubble ${who}`;
  p.dir = "auto";
  if (language) p.lang = language;
  const label = document.createElement("span");
  label.className = "who";
  label.textContent = talk.dataset[who];
  // Its own words alone decide which way a message reads, not the label before it.
  p.append(label, " ", Object.assign(document.createElement("bdi"), { textContent: text }));
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

function showStaff(words) {
  showTyping(false);
  if (!shown.has(words.id)) {
    shown.add(words.id);
    talk.append(staffBubble(words));
    talk.lastElementChild.scrollIntoView({ block: "nearest" });
  }
  seen = Math.max(seen, words.id);
  socket.send(JSON.stringify({ session, seen }));
}

function staffBubble({ id, name, text, language, original, is_machine_translated: isTranslated }) {
  const div = document.createElement("div");
  div.className = "bubble us staff";
  div.lang = language;
  // A name in Latin letters comes first, so the words themselves do not tell the direction of all.
  div.dir = language === talk.dataset.language ? document.documentElement.dir : "auto";
  div.dataset.staff = id;
  const who = Object.assign(document.createElement("span"), { className: "who name", textContent: name });
  div.append(who, " ", paragraph(withLinks(text)));
  if (!isTranslated) return div;
  const mark = paragraph([talk.dataset.translated]);
  mark.className = "mark";
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = talk.dataset.original;
  mark.lang = summary.lang = talk.dataset.language;
  const before = Object.assign(paragraph([original]), { lang: "en", dir: "ltr" });
  details.append(summary, before);
  div.append(mark, details);
  return div;
}

function paragraph(parts) {
  const p = document.createElement("p");
  p.dir = "auto";
  p.append(...parts);
  return p;
}

function withLinks(text) {
  return text.split(/(https?:\/\/[^\s]+)/).map((part, at) => {
    if (at % 2 === 0) return part;
    return Object.assign(document.createElement("a"), { href: part, textContent: part.split("?")[0] });
  });
}

function showTyping(isTyping = true) {
  const line = document.getElementById("typing");
  line.textContent = isTyping ? talk.dataset.typing : "";
  clearTimeout(typingEnds);
  if (isTyping) typingEnds = setTimeout(() => showTyping(false), 3000);
}

say.elements.text.addEventListener("input", () => {
  if (Date.now() - typedAt < 2000 || socket.readyState !== WebSocket.OPEN) return;
  typedAt = Date.now();
  socket.send(JSON.stringify({ session, typing: true }));
});
say.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = say.elements.text;
  if (field.value.trim()) send(field.value.trim());
  field.value = "";
  field.focus();
});
write.addEventListener("submit", (event) => event.preventDefault());
talk.addEventListener("answer", ({ detail }) => show(detail)); // From chat-more.js, whose photos go by a request of their own.
connect();
