// Extras for forms: passwords can be shown, and no form can be submitted twice.

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
  // Hide the password again before submitting: browsers may remember the values of text fields.
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
  // The back button may restore the page with the form still marked as sent.
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}

for (const form of document.querySelectorAll('form[method="post"]')) {
  offerToShow(form);
  sendOnce(form);
}

// After a refused form, move the focus to the error summary, so that screen readers read it first.
const summary = document.querySelector(".error-summary");
if (summary) {
  summary.tabIndex = -1;
  summary.focus();
}
