// The chat for any city page: <script src="https://311…/static/widget.js" data-language="es" defer></script>
// A button and a panel in a closed shadow root, so that neither the page's styles nor its scripts reach in. No cookies: the
// session stands in the page's localStorage, what was said in its sessionStorage. A message that was sent but not answered is
// sent again under its id, from the next page too; the server counts it once.
(() => {
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const language = script.dataset.language || document.documentElement.lang || navigator.language;
  const DAY = 24 * 3600 * 1000;
  const LINES = 60;

  const SHEET = `
    :host { all: initial; }
    .root { --ink: #16202a; --paper: #fff; --soft: #eef3f6; --line: #8a97a3; --accent: #0b4f6c; --on-accent: #fff; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); }
    @media (prefers-color-scheme: dark) { .root { --ink: #e9eef2; --paper: #11181e; --soft: #1d2830; --line: #74838f; --accent: #8fd0ee; --on-accent: #08222e; } }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    button, input { font: inherit; color: inherit; }
    button { min-block-size: 44px; padding: 8px 16px; font-weight: 600; border: 2px solid var(--accent); border-radius: 8px; background: transparent; color: var(--accent); cursor: pointer; }
    .open, .panel { position: fixed; z-index: 2147483000; inset-block-end: 8px; inset-inline-end: 8px; }
    .open, .send { background: var(--accent); color: var(--on-accent); }
    .open { border-radius: 24px; box-shadow: 0 2px 10px #0005; }
    .panel { display: flex; flex-direction: column; inline-size: min(384px, calc(100vw - 16px)); block-size: min(576px, calc(100vh - 32px)); block-size: min(576px, calc(100dvh - 32px)); background: var(--paper); border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 4px 24px #0006; overflow: hidden; }
    header { display: flex; gap: 8px; align-items: center; justify-content: space-between; padding-block: 8px; padding-inline: 16px 8px; }
    h2 { margin: 0; font-size: 18px; }
    .emergency { margin: 0; padding: 4px 16px; background: #7f1414; color: #fff; font-weight: 600; }
    .log { flex: 1; overflow-y: auto; display: flex; flex-direction: column; gap: 8px; padding: 16px; }
    .line { max-inline-size: 88%; padding: 8px 14px; border-radius: 14px; white-space: pre-line; overflow-wrap: anywhere; align-self: flex-start; background: var(--soft); }
    .line.you { align-self: flex-end; background: var(--accent); color: var(--on-accent); }
    .line.waiting { opacity: .7; }
    .line .name { display: block; font-weight: 700; }
    .line a { color: inherit; display: block; }
    .mark { font-size: 14px; }
    summary { min-block-size: 24px; cursor: pointer; font-size: 14px; }
    .choices { display: flex; flex-wrap: wrap; gap: 8px; }
    .hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
    .status { margin: 0; padding-inline: 16px; font-size: 14px; }
    form { padding: 8px 16px 16px; }
    .row { display: flex; gap: 8px; }
    input { flex: 1; min-inline-size: 0; padding: 8px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); }`;

  // What a browser forbids to store is kept for this page only.
  const kept = (store, name, fresh) => {
    let value;
    try {
      value = JSON.parse(window[store].getItem(name));
    } catch {
      value = null;
    }
    const isOurs = value && Date.now() - value.at < DAY;
    value = isOurs ? value : fresh;
    const save = () => {
      value.at = Date.now();
      try {
        window[store].setItem(name, JSON.stringify(value));
      } catch {
        // Full or forbidden.
      }
    };
    return [value, save];
  };
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const [who, saveSession] = kept("localStorage", "intake-311", { session: newId() });
  // waiting: frames by id, without an answer yet; seen: the newest message of a person.
  const [talk, saveTalk] = kept("sessionStorage", `intake-311-${who.session}`, { lines: [], waiting: {}, seen: 0 });
  const save = () => { saveSession(); saveTalk(); };

  let words, root, log, panel, open, field, status, socket, typingEnds, typedAt = 0, delay = 500, unread = 0;

  const element = (name, about = {}, ...children) => {
    const { lang, dir, ...rest } = about;
    const made = Object.assign(document.createElement(name), rest);
    if (lang) made.lang = lang;
    if (dir) made.dir = dir;
    made.append(...children);
    return made;
  };

  function build() {
    const host = document.createElement("div");
    const shadow = host.attachShadow({ mode: "closed" });
    try {
      const sheet = new CSSStyleSheet(); // The page's policy may forbid style elements, but not this.
      sheet.replaceSync(SHEET);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      shadow.append(element("style", { textContent: SHEET })); // Browsers before 2023.
    }
    open = element("button", { type: "button", className: "open", onclick: show });
    open.setAttribute("aria-haspopup", "dialog");
    const close = element("button", { type: "button", textContent: words.close, onclick: hide });
    log = element("div", { className: "log", tabIndex: 0 });
    log.setAttribute("role", "log");
    log.setAttribute("aria-live", "polite");
    log.setAttribute("aria-labelledby", "title");
    status = element("p", { className: "status" });
    status.setAttribute("role", "status");
    field = element("input", { id: "text", maxLength: 4000, dir: "auto", autocomplete: "off", required: true, oninput: tellTyping });
    const label = element("label", { htmlFor: "text", textContent: words.write });
    const row = element("div", { className: "row" }, field, element("button", { className: "send", textContent: words.send }));
    const form = element("form", { onsubmit: submit }, label, row);
    const header = element("header", {}, element("h2", { id: "title", textContent: words.title }), close);
    panel = element("div", { className: "panel", hidden: true }, element("p", { className: "emergency", textContent: words.emergency }), header, log, status, form);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-labelledby", "title");
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      event.stopPropagation(); // The page's own shortcuts are not meant by what is typed here.
    });
    root = element("div", { className: "root", lang: words.language, dir: words.direction }, open, panel);
    shadow.append(root);
    document.body.append(host);
    write({ who: "us", text: words.welcome, language: words.language });
    talk.lines.forEach(write);
    count(0);
  }

  function show() {
    panel.hidden = false;
    open.hidden = true;
    count(0);
    log.scrollTop = log.scrollHeight;
    field.focus();
    if (!socket) connect();
  }

  function hide() {
    panel.hidden = true;
    open.hidden = false;
    open.focus();
  }

  function count(number) {
    unread = number;
    open.textContent = number ? `${words.title} (${number})` : words.title;
  }

  function write(line) {
    log.querySelector(".choices")?.remove();
    const name = element("span", { className: line.name ? "name" : "hidden", textContent: `${line.name ?? words[line.who]} ` });
    const node = element("div", { className: `line ${line.who}`, lang: line.language, dir: "auto" }, name, element("bdi", { textContent: line.text }));
    node.dataset.id = line.id ?? "";
    node.classList.toggle("waiting", line.id in talk.waiting);
    for (const link of line.links ?? []) node.append(element("a", { href: link, target: "_blank", rel: "noopener", textContent: link.split("?")[0] }));
    if (line.original) {
      const original = element("div", { lang: "en", dir: "ltr", textContent: line.original });
      const about = { lang: words.language };
      node.append(element("div", { ...about, className: "mark", textContent: words.translated }));
      node.append(element("details", {}, element("summary", { ...about, textContent: words.original }), original));
    }
    log.append(node);
    if (line.choices?.length) {
      const buttons = line.choices.map(({ value, label }) => element("button", { type: "button", dir: "auto", textContent: label, onclick: () => say(value, label) }));
      log.append(element("div", { className: "choices" }, ...buttons));
    }
    log.scrollTop = log.scrollHeight;
  }

  function add(line) {
    talk.lines.push(line);
    talk.lines.splice(0, talk.lines.length - LINES);
    save();
    write(line);
    if (panel.hidden && line.who !== "you") count(unread + 1);
  }

  function submit(event) {
    event.preventDefault();
    const text = field.value.trim();
    if (text) say(text, text);
    field.value = "";
  }

  function say(text, shown) {
    const id = newId();
    talk.waiting[id] = { session: who.session, id, text, language: words.language };
    add({ who: "you", text: shown, id });
    field.focus();
    transmit(talk.waiting[id]);
  }

  function transmit(frame) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  function transmitAll() {
    Object.values(talk.waiting).forEach(transmit);
  }

  function tellTyping() {
    if (Date.now() - typedAt < 2000) return;
    typedAt = Date.now();
    transmit({ session: who.session, typing: true });
  }

  function connect() {
    socket = new WebSocket(`${home.replace(/^http/, "ws")}/chat`);
    socket.onopen = () => {
      delay = 500;
      status.textContent = "";
      transmit({ session: who.session, seen: talk.seen });
      transmitAll();
    };
    socket.onmessage = ({ data }) => take(JSON.parse(data));
    socket.onclose = () => {
      status.textContent = words.offline;
      setTimeout(connect, delay);
      delay = Math.min(delay * 2, 30000);
    };
  }

  function take(frame) {
    if (frame.staff) takeStaff(frame.staff);
    else if ("held" in frame) log.querySelector(".choices")?.remove();
    else if (frame.typing) showTyping(words.typing);
    else if (frame.status === 429) setTimeout(transmitAll, 10000);
    else takeAnswer(frame);
  }

  function takeStaff({ id, name, text, language: spoken, original, is_machine_translated: isTranslated }) {
    showTyping("");
    if (id > talk.seen) {
      talk.seen = id;
      add({ who: "us", name, text, language: spoken, original: isTranslated ? original : "" });
    }
    transmit({ session: who.session, seen: talk.seen });
  }

  function takeAnswer({ id, replies = [] }) {
    // An answer to what was sent twice comes twice.
    if (!(id in talk.waiting)) return;
    delete talk.waiting[id];
    log.querySelector(`[data-id="${id}"]`)?.classList.remove("waiting");
    save();
    for (const { text, language: spoken, links, choices } of replies) add({ who: "us", text, language: spoken, links, choices });
  }

  function showTyping(text) {
    clearTimeout(typingEnds);
    status.textContent = text;
    if (text) typingEnds = setTimeout(() => { status.textContent = ""; }, 3000);
  }

  async function start() {
    try {
      const answer = await fetch(`${home}/widget/phrases?lang=${encodeURIComponent(language)}`, { credentials: "omit" });
      words = await answer.json();
    } catch {
      delay = Math.min(delay * 2, 60000);
      setTimeout(start, delay);
      return;
    }
    delay = 500;
    build();
    // A talk that has begun goes on on every page; else a page costs no connection.
    if (talk.lines.length) connect();
  }
  start();
})();
