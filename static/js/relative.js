// <time data-relative datetime>: "3 min ago" that stays true; the reader's own zone joins the hover text and print.
import { inZone, now, zone } from "./clock.js";

const STEPS = [[60, "min"], [3600, "h"], [86400, "day"]];

export function words(seconds) {
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  const [unit, name] = STEPS.findLast(([start], i) => i === 0 || size >= start);
  const count = Math.max(1, Math.floor(size / unit));
  const text = `${count} ${name}${name === "day" && count > 1 ? "s" : ""}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

function refresh() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const at = Date.parse(time.dateTime);
    const seconds = (now() - at) / 1000;
    if (Math.abs(seconds) < 30 * 86400) time.textContent = words(seconds);
    if (time.dataset.zoned === undefined && zone && zone !== "UTC") {
      time.dataset.zoned = "";
      const local = `${inZone(at)} in ${zone.replaceAll("_", " ")}`;
      time.title += `\n${local}`;
      const printed = time.parentElement.querySelector(":scope > .time__absolute");
      if (printed) printed.textContent = ` (${time.title.replace("\n", "; ")})`;
    }
  }
}

refresh();
setInterval(refresh, 30_000);
document.addEventListener("htmx:afterSettle", refresh);
document.addEventListener("visibilitychange", refresh);
