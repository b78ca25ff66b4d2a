// <form data-confirm="What will happen.">, or on one of its buttons: asks first, in a dialog; without scripts the form simply sends.
const dialog = document.getElementById("confirm");
const agreed = new WeakSet();

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const { confirm, confirmTitle, confirmAction } = { ...form.dataset, ...submitter?.dataset };
  if (!confirm || !dialog || agreed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  dialog.querySelector("h2").textContent = confirmTitle || "Are you sure?";
  dialog.querySelector("p").textContent = confirm;
  const yes = dialog.querySelector('button[value="yes"]');
  yes.textContent = confirmAction || submitter?.textContent.trim() || "Go on";
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    agreed.add(form);
    form.requestSubmit(submitter);
  };
  dialog.showModal();
}, { capture: true });
