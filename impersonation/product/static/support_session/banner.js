// Keeps the banner of a support session in sight: time left, room for it, twins in dialogs, title and icon.
(() => {
  const first = document.getElementById("support-session");
  if (!first || window.supportSession) return;
  window.supportSession = true;
  const MARK = "Support session: ";
  const behind = Date.now() - Number(first.dataset.now) * 1000;
  const ends = Number(first.dataset.ends) * 1000;
  const framed = "framed" in first.dataset;
  const twin = first.cloneNode(true);
  twin.removeAttribute("id");
  twin.className = "support-session-twin";
  twin.setAttribute("role", "note");
  for (const part of twin.querySelectorAll("link, script, support-session-more")) part.remove();

  const words = (seconds) => {
    if (seconds <= 0) return "time is up";
    const minutes = Math.floor(seconds / 60);
    return minutes >= 5 ? `${minutes} min left` : `${minutes}:${String(seconds % 60).padStart(2, "0")} left`;
  };
  const tick = () => {
    const text = words(Math.ceil((ends - Date.now() + behind) / 1000));
    for (const left of document.querySelectorAll("support-session-left")) {
      if (left.textContent !== text) left.textContent = text;
    }
  };
  const room = () => {
    const height = first.getBoundingClientRect().height;
    if (height) document.documentElement.style.setProperty("--support-session-height", `${Math.ceil(height)}px`);
  };
  const above = () => {
    if (!first.showPopover) return;
    first.popover = "manual";
    if (first.matches(":popover-open")) first.hidePopover();
    first.showPopover();
  };
  const mark = () => {
    if (!framed && !document.title.startsWith(MARK)) document.title = MARK + document.title;
    for (const icon of document.querySelectorAll('link[rel~="icon"]')) {
      if (!first.contains(icon)) icon.remove();
    }
  };
  const keep = () => {
    if (!document.body) return;
    const banners = document.querySelectorAll("#support-session");
    if (!banners.length) document.body.prepend(first);
    else for (const other of banners) if (other !== first) { first.isConnected ? other.remove() : other.replaceWith(first); }
    for (const dialog of document.querySelectorAll("dialog")) {
      if (!dialog.querySelector(":scope > .support-session-twin")) dialog.append(twin.cloneNode(true));
    }
    mark();
  };
  let told = Date.now();
  const here = () => {
    if (!first.dataset.status || Date.now() - told < 60000) return;
    told = Date.now();
    fetch(first.dataset.status, { headers: { "X-Support-Session-Here": "1" }, credentials: "same-origin" }).catch(() => {});
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, here, { capture: true, passive: true });
  if (first.dataset.status && !framed && window.BroadcastChannel) {  // in the product a tab that was left open in an earlier session shows the one of now, or none
    const tabs = new BroadcastChannel("support-session");
    tabs.onmessage = (event) => {
      if (event.data !== first.dataset.id) location.assign(location.pathname + location.search);
    };
    tabs.postMessage(first.dataset.id);
  }
  let asked = false;
  new MutationObserver(() => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => { asked = false; keep(); });
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
  document.addEventListener("toggle", (event) => {
    if (event.target !== first && event.target.popover && event.newState === "open") above();
  }, true);
  document.addEventListener("fullscreenchange", above);
  new ResizeObserver(room).observe(first);
  setInterval(tick, 1000);
  keep();
  room();
  tick();
})();
