// <button data-passkey="get|create" data-passkey-question="options as JSON">: asks the browser for a passkey and sends the form with it.
const refusal = "That did not work. Try again, or take another way.";

async function answerTo(button) {
  const question = JSON.parse(button.dataset.passkeyQuestion).publicKey;
  const credential =
    button.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
  return JSON.stringify(credential.toJSON());
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-passkey]");
  if (!button) return;
  const said = button.form.querySelector("[data-passkey-said]");
  said.hidden = true;
  try {
    button.form.querySelector("[data-passkey-answer]").value = await answerTo(button);
    button.form.noValidate = true;
    button.form.requestSubmit();
  } catch {
    said.textContent = refusal;
    said.hidden = false;
  }
});

// Old browsers keep the other ways: a button that cannot work is not shown.
if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = false;
}
