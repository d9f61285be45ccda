// A field that finds services while somebody types: the WAI-ARIA combobox with a list, arrow keys, Enter and Escape.
const DELAY = 120;

export function combobox(field, language, choose) {
  const list = document.createElement("ul");
  list.id = `${field.id}-options`;
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Services");
  list.hidden = true;
  field.removeAttribute("list"); // The browser's own list is for pages without this script.
  field.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) field.setAttribute(name, value);

  let services = [];
  let found = "";
  let at = -1;
  let timer;
  let turn = 0;

  const open = (isOpen) => {
    list.hidden = !isOpen;
    field.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) field.removeAttribute("aria-activedescendant");
  };
  const point = (index) => {
    at = index;
    for (const [position, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(position === at));
    if (at < 0) return;
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (index) => {
    open(false);
    choose(services[index], field);
  };
  const option = (service, index) => {
    const li = document.createElement("li");
    li.id = `${list.id}-${index}`;
    li.setAttribute("role", "option");
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = ` ${[service.keyword && `“${service.keyword}”`, service.department].filter(Boolean).join(", ")}`;
    li.append(service.name, hint);
    li.addEventListener("mousedown", (event) => event.preventDefault()); // The field keeps the focus.
    li.addEventListener("click", () => take(index));
    return li;
  };
  const find = async () => {
    clearTimeout(timer);
    const mine = ++turn;
    const words = field.value;
    const query = new URLSearchParams({ q: words, language });
    const response = await fetch(`/console/services?${query}`, { headers: { Accept: "application/json" } }).catch(() => undefined);
    if (mine !== turn || !response?.ok) return;
    services = (await response.json()).services;
    found = words;
    list.replaceChildren(...services.map(option));
    open(services.length > 0);
    point(services.length > 0 ? 0 : -1);
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.trim()) timer = setTimeout(find, DELAY);
    else open(false);
  });
  field.addEventListener("blur", () => open(false));
  field.addEventListener("keydown", async (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return find();
      point((at + (event.key === "ArrowDown" ? 1 : -1) + services.length) % services.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // Whoever types and presses Enter at once means what they typed, not the list of a letter before.
      if (field.value !== found && field.value.trim()) await find();
      if (services.length > 0 && !list.hidden) take(Math.min(Math.max(at, 0), services.length - 1));
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      open(false);
    }
  });
}
