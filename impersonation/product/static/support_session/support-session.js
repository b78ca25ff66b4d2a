// For pages that Django does not write: asks whether a support session is under way, and puts its banner on the page.
(async () => {
  const own = document.currentScript || document.querySelector("script[data-support-session]");
  const url = (own && own.dataset.status) || "/support-session/status.json";
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" }, cache: "no-store" });
    answer = answer.ok ? await answer.json() : { active: false };
  } catch {
    return;
  }
  if (!answer.active || document.getElementById("support-session")) return;
  const read = new DOMParser().parseFromString(answer.html, "text/html").getElementById("support-session");
  const script = read.querySelector("script");
  const runs = document.createElement("script");
  runs.src = script.getAttribute("src");
  script.replaceWith(runs);
  const put = () => document.body.prepend(document.adoptNode(read));
  if (document.body) put();
  else addEventListener("DOMContentLoaded", put);
})();
