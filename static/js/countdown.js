// <span data-countdown="ISO time">: ticks each second, speaks at 10, 5 and 1 minute and at the end, then sends "ended".
import { now } from "./clock.js";

const SPOKEN = [600, 300, 60];
const lastSeen = new WeakMap();

function words(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function say(text) {
  const voice = document.getElementById("voice");
  if (voice) voice.textContent = text;
}

function tick() {
  for (const item of document.querySelectorAll("[data-countdown]")) {
    const left = Math.max(0, Math.ceil((Date.parse(item.dataset.countdown) - now()) / 1000));
    const before = lastSeen.get(item);
    if (left === before) continue;
    lastSeen.set(item, left);
    const what = item.dataset.countdownWhat || "Your window";
    item.querySelector("[data-countdown-words]").textContent = left ? `${words(left)} left` : "Ended";
    item.dataset.tone = left === 0 ? "neutral" : left <= 60 ? "bad" : left <= 300 ? "notice" : "good";
    if (before === undefined) continue;
    const mark = SPOKEN.find((at) => left <= at && before > at);
    if (mark) say(`${what} ends in ${mark / 60} minute${mark > 60 ? "s" : ""}.`);
    if (left === 0) {
      say(`${what} has ended.`);
      item.dispatchEvent(new CustomEvent("ended", { bubbles: true }));
    }
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSettle", tick);
