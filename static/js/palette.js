// Ctrl-K opens one field that finds anything; arrows walk the list, Enter follows the first.
const palette = document.getElementById("palette");
const field = document.getElementById("palette-text");

const links = () => [...palette.querySelectorAll(".hits a")];

function open() {
  if (!palette.open) palette.showModal();
  field.select();
  window.htmx?.trigger(field, "input");
}

document.addEventListener("keydown", (event) => {
  if (!palette) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
});

palette?.addEventListener("keydown", (event) => {
  const all = links();
  const place = all.indexOf(document.activeElement);
  if (event.key === "ArrowDown") event.preventDefault(), all[Math.min(place + 1, all.length - 1)]?.focus();
  if (event.key === "ArrowUp") event.preventDefault(), (all[place - 1] ?? field).focus();
  if (event.key === "Enter" && event.target === field) event.preventDefault(), all[0]?.click();
});

document.addEventListener("click", (event) => {
  if (palette && event.target.closest("[data-open-palette]")) event.preventDefault(), open();
});
