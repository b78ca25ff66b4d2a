// .toast: closes by its button; good news leaves by itself after ten seconds, unless pointed at or focused.
import { now } from "./clock.js";

document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast")?.remove());

export function toast(text, tone = "bad") {
  const item = document.getElementById("toast-shape").content.firstElementChild.cloneNode(true);
  item.dataset.tone = tone;
  item.querySelector(".toast__words").textContent = text;
  document.querySelector(".toasts").append(item);
}

const shown = now();
const timer = setInterval(() => {
  const waiting = document.querySelectorAll('.toast[data-tone="good"]');
  if (waiting.length === 0) clearInterval(timer);
  for (const item of waiting) {
    if (now() - shown > 10_000 && !item.matches(":hover, :focus-within")) item.remove();
  }
}, 1000);
