// Adds a box that shows passwords, and prevents double submission.

function offerToShow(form) {
  const inputs = [...form.querySelectorAll('input[type="password"]')];
  if (!inputs.length) {
    return;
  }
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.className = "show-password";
  box.type = "checkbox";
  label.append(box, inputs.length > 1 ? "Show passwords" : "Show password");
  const show = (visible) => inputs.forEach((input) => (input.type = visible ? "text" : "password"));
  box.addEventListener("change", () => show(box.checked));
  // Hide passwords again, because browsers remember the values of text fields.
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
  // The back button may restore the page in the state it was left in.
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}

for (const form of document.querySelectorAll('form[method="post"]')) {
  offerToShow(form);
  sendOnce(form);
}

// After a refused form, move the focus to the error summary.
const summary = document.querySelector(".error-summary");
if (summary) {
  summary.tabIndex = -1;
  summary.focus();
}
