// The server's time, so that a wrong clock on the reader's machine changes no countdown.
const served = Date.parse(document.documentElement.dataset.now ?? "");
const revisited = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const ahead = Number.isNaN(served) || revisited ? 0 : served - Date.now();

export const now = () => Date.now() + ahead;

export const zone = document.documentElement.dataset.zone || Intl.DateTimeFormat().resolvedOptions().timeZone;

export function inZone(date) {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: zone }).format(date);
}
