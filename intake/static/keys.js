// Single keys for the queue and its items. Whoever dictates to their computer, or leans on the keyboard, can turn them off.
const STORED = "console-keys-off";
const dialog = document.getElementById("keys");
const toggle = document.getElementById("keys-on");

export function isTyping(target) {
  return target.matches?.("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])") ?? false;
}

// `keys` names what each key does; with Ctrl (or Command) a key is written "Ctrl+Enter", and works in fields too, as Escape does.
export function listen(keys) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing || dialog.open) return;
    const isOrder = event.ctrlKey || event.metaKey;
    const act = keys[isOrder ? `Ctrl+${event.key}` : event.key];
    if (event.key === "?" && !isTyping(event.target)) return open(event);
    if (!act) return;
    const works = isOrder || event.key === "Escape" || (toggle.checked && !isTyping(event.target) && !isPressed(event));
    if (works && act(event) !== false) event.preventDefault();
  });
}

// Enter on a button or a link presses it, as everywhere.
function isPressed(event) {
  return event.key === "Enter" && event.target.matches("a, button, summary, [role=button]");
}

function open(event) {
  event.preventDefault();
  dialog.showModal();
}

toggle.checked = localStorage.getItem(STORED) === null;
toggle.addEventListener("change", () => {
  if (toggle.checked) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, "1");
});
for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
