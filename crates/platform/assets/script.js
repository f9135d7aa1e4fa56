// Improves pages that work without it; knows nothing about what the forms mean. Every word comes from data attributes.
const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
const button = (label) => Object.assign(document.createElement("button"), { type: "button", className: "second", textContent: label });

// Show password: <div class="secret" data-show="Show" data-show-label="Show password"><input type="password"></div>
each(".secret[data-show]", (box) => {
  const input = box.querySelector("input");
  const toggle = button(box.dataset.show);
  const show = (on) => {
    input.type = on ? "text" : "password";
    toggle.setAttribute("aria-pressed", on);
  };
  toggle.setAttribute("aria-label", box.dataset.showLabel || box.dataset.show);
  toggle.setAttribute("aria-controls", input.id);
  toggle.addEventListener("click", () => show(input.type === "password"));
  // A password leaves the page as a password, so that no browser keeps it among ordinary words.
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  box.append(toggle);
});

// Copy: <div class="copy" data-copy="Copy" data-copied="Copied"><pre>…</pre></div>
if (navigator.clipboard) {
  each(".copy[data-copy]", (box) => {
    const source = box.querySelector("pre, code, input");
    const status = document.createElement("span");
    const row = document.createElement("div");
    const copy = button(box.dataset.copy);
    status.setAttribute("role", "status");
    row.className = "row";
    row.append(copy, status);
    box.append(row);
    copy.addEventListener("click", async () => {
      status.textContent = "";
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      status.textContent = box.dataset.copied;
    });
  });
}

// One press, one request. The button is never disabled; a second try is allowed after ten seconds.
const sent = new Map();
const release = (form) => {
  clearTimeout(sent.get(form));
  sent.delete(form);
  form.querySelectorAll("[aria-disabled]").forEach((b) => b.removeAttribute("aria-disabled"));
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) return event.preventDefault();
  sent.set(form, setTimeout(release, 10000, form));
  event.submitter?.setAttribute("aria-disabled", "true");
});
// A page that a browser kept, whatever we said, may be of somebody who has signed out since. Loaded again it has what was
// typed, if its head says the same.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  try {
    keep(all(), head());
  } catch {
    // Nothing can be kept here.
  }
  location.reload();
});

// Where CSS cannot open the menu on wide screens.
if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width:60rem)").matches) each(".menu", (menu) => (menu.open = true));

// Errors first: autofocus does this on a fresh page, not after every kind of navigation.
document.getElementById("error-summary")?.focus();

// The reader's time zone, once: <html data-zone="cookie"> where it is not known.
const { zone } = document.documentElement.dataset;
if (zone) document.cookie = `${zone}=${Intl.DateTimeFormat().resolvedOptions().timeZone};path=/;max-age=31536000;samesite=lax${zone.startsWith("__Host-") ? ";secure" : ""}`;

// A half-written form outlives a change of language or colours, and a button of another form beside it: what was typed waits
// in this tab until its page is there again. Without this script, and where the page answers a form, these open a tab of their
// own instead. Browsers bring such a page back by sending the older form once more: what was typed on it since waits for an
// hour, for that alone.
const HALF = "half-written";
const isOurs = (field) => field.name && !/password|answer|secret|^(user_)?code$/.test(field.name) && !["hidden", "file", "password", "submit"].includes(field.type);
const typed = (form) => [...form.elements].filter(isOurs).map((field) => [form.getAttribute("action"), field.name, field.value, field.checked]);
// What somebody changed, and of which state of the thing: whoever saved it meanwhile is met, not overwritten.
const isChanged = (field) => {
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
};
const changed = (form) => {
  const fields = [...form.elements];
  if (!fields.some((field) => isOurs(field) && isChanged(field))) return [];
  const kept = fields.filter((field) => (isOurs(field) && isChanged(field)) || ["version", "revision"].includes(field.name));
  return kept.map((field) => [form.getAttribute("action"), field.name, field.value, field.checked]);
};
const putBack = (form, [action, name, value, checked]) => {
  if (form.getAttribute("action") !== action) return;
  for (const field of form.elements) {
    if (field.name !== name || ["submit", "file"].includes(field.type)) continue;
    if (!["checkbox", "radio"].includes(field.type)) field.value = value;
    else if (field.value === value) field.checked = checked;
  }
};
const forms = () => [...document.querySelectorAll("main form")];
const head = () => document.querySelector("header").textContent;
const isAnswer = document.querySelector("form[data-answer]") !== null;
const keep = (fields, of, left) => sessionStorage.setItem(HALF, JSON.stringify([location.pathname, fields, of, left]));
const all = () => forms().flatMap(typed);
try {
  const [path, fields, of, left] = JSON.parse(sessionStorage.getItem(HALF)) ?? [];
  const isOld = left && Date.now() - left > 3600000;
  const cameBack = performance.getEntriesByType("navigation")[0]?.type !== "navigate";
  const isHere = path === location.pathname && (!of || of === head()) && (!left || (isAnswer && cameBack && !isOld));
  if (!left || isOld || path === location.pathname) sessionStorage.removeItem(HALF);
  if (isHere) forms().forEach((form) => fields.forEach((field) => putBack(form, field)));
  let isWritten = isHere && Boolean(left);
  addEventListener("input", () => (isWritten = true));
  // What was sent is kept where it went.
  addEventListener("pagehide", () => isAnswer && isWritten && !sent.size && keep(all(), head(), Date.now()));
  each("form.locale, form.theme, form[data-beside]", (form) => isAnswer || form.removeAttribute("target"));
  each("form.locale, form.theme", (form) => form.addEventListener("submit", () => isAnswer || keep(all())));
  document.addEventListener("submit", (event) => {
    if (isAnswer || event.defaultPrevented || !event.target.closest("main")) return;
    const others = forms().filter((form) => form !== event.target).flatMap(changed);
    if (others.length) keep(others, head());
  });
} catch {
  // Nothing can be kept here: the change opens a tab of its own.
}
