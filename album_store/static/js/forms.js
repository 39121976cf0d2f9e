// Extras for forms: a password can be shown, and no form is sent twice.

function offerToShow(form) {
  const inputs = [...form.querySelectorAll('input[type="password"]')];
  if (!inputs.length) {
    return;
  }
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.className = "show-password";
  box.type = "checkbox";
  label.append(box, inputs.length > 1 ? "Show the passwords" : "Show the password");
  const show = (visible) => inputs.forEach((input) => (input.type = visible ? "text" : "password"));
  box.addEventListener("change", () => show(box.checked));
  // Browsers remember what text fields held; what they keep of a password, its manager decides.
  form.addEventListener("submit", () => show(false));
  form.querySelector('button[type="submit"]').before(label);
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
    }
    form.dataset.sent = "yes";
  });
  // The back button may bring the page back as it was left.
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}

for (const form of document.querySelectorAll('form[method="post"]')) {
  offerToShow(form);
  sendOnce(form);
}

// A refused form: the summary says what is wrong, so that is where reading goes on.
const summary = document.querySelector(".error-summary");
if (summary) {
  summary.tabIndex = -1;
  summary.focus();
}
