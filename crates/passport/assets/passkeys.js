// Asks the browser for passkeys and sends what it answers as an ordinary form. Knows no account. Without it the pages that have it
// say what they can do.
const keys = window.PublicKeyCredential;
const can = keys?.parseRequestOptionsFromJSON && keys.parseCreationOptionsFromJSON;
const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
let waiting;

// <form data-passkey="make|use" data-options="…" data-quiet="…"><input type="hidden" name="passkey">… <div data-ask hidden><button type="button">
const ask = async (form, quietly) => {
  const { passkey, options, quiet } = form.dataset;
  const makes = passkey === "make";
  waiting?.abort();
  waiting = new AbortController();
  const question = { signal: waiting.signal };
  if (quietly) question.mediation = "conditional";
  const read = JSON.parse((makes && quietly && quiet) || options);
  question.publicKey = makes ? keys.parseCreationOptionsFromJSON(read) : keys.parseRequestOptionsFromJSON(read);
  const answer = await (makes ? navigator.credentials.create(question) : navigator.credentials.get(question));
  if (makes) form.elements.quiet.value = quietly ? "yes" : "";
  form.elements.passkey.value = JSON.stringify(answer);
  form.removeAttribute("target");
  form.requestSubmit();
};

// Without a press: among what the browser fills in, or right after a password that it filled in. Whatever goes wrong, the page stays
// as it is.
const quietly = async (form) => {
  try {
    if (form.dataset.passkey === "use") {
      const { offer } = form.elements;
      if (offer && (await keys.isUserVerifyingPlatformAuthenticatorAvailable())) offer.value = "yes";
      if (await keys.isConditionalMediationAvailable?.()) await ask(form, true);
    } else if (form.dataset.quiet && (await keys.getClientCapabilities?.())?.conditionalCreate) {
      await ask(form, true);
    }
  } catch {
    // Nobody was asked anything.
  }
};

each("form[data-passkey]", (form) => {
  if (!can) return;
  const box = form.querySelector("[data-ask]");
  const status = box.querySelector("[role=status]");
  box.hidden = false;
  form.querySelector("[data-without]")?.remove();
  box.querySelector("button").addEventListener("click", async () => {
    status.textContent = "";
    try {
      await ask(form);
    } catch (error) {
      status.textContent = error.name === "InvalidStateError" ? box.dataset.known : box.dataset.failed;
      if (form.dataset.passkey === "use") quietly(form);
    }
  });
  quietly(form);
});

// What whoever keeps passkeys should know: <div data-signals='[["signalUnknownCredential", {…}]]'>
each("[data-signals]", (box) => {
  for (const [name, what] of JSON.parse(box.dataset.signals)) keys?.[name]?.(what).catch(() => {});
});
