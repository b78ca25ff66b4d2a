// "/" goes to search, "g" then a letter to a page, "j" and "k" from line to line, "?" opens the list. Silent while typing; can be off.
const help = document.getElementById("keys");
const choice = document.getElementById("keys-on");
const root = document.documentElement;
let waitingForLetter = -Infinity;

const isOff = () => root.dataset.shortcuts === "off" || localStorage.getItem("shortcuts") === "off";
const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");

function step(by) {
  const lines = [...document.querySelectorAll("main .items__title[href], main .timeline a[href]")];
  const now = lines.indexOf(document.activeElement);
  (lines[now < 0 ? (by > 0 ? 0 : lines.length - 1) : now + by] ?? document.activeElement).focus();
}

function openHelp() {
  choice.checked = !isOff();
  help.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || isOff() || document.querySelector("dialog[open]")) return;
  const search = document.getElementById("search");
  if (performance.now() - waitingForLetter < 1500) {
    waitingForLetter = -Infinity;
    const link = document.querySelector(`.nav a[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (link) event.preventDefault(), link.click();
  } else if (event.key === "g") {
    waitingForLetter = performance.now();
  } else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "j" || event.key === "k") {
    step(event.key === "j" ? 1 : -1);
  } else if (event.key === "?" && help) {
    event.preventDefault();
    openHelp();
  }
});

document.addEventListener("click", (event) => {
  if (help && event.target.closest("[data-open-keys]")) event.preventDefault(), openHelp();
});
choice?.addEventListener("change", () => localStorage.setItem("shortcuts", choice.checked ? "on" : "off"));
