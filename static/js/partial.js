// Parts of a page fetched by htmx: a sign-in page never lands inside a part, and a failure is said in words.
import { toast } from "./toast.js";

document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL || location.href).pathname !== "/sign-in/") return;
  event.detail.shouldSwap = false;
  location.reload();
});

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => toast("That part of the page could not be loaded. Reload the page to try again."));
}
