// Extras for forms: a password can be shown, and no form is sent twice.

function offerToShow(input) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.className = "show-password";
  box.type = "checkbox";
  label.append(box, "Show what I type");
  box.addEventListener("change", () => {
    input.type = box.checked ? "text" : "password";
  });
  input.form.addEventListener("submit", () => {
    input.type = "password";
  });
  input.insertAdjacentElement("afterend", label);
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

document.querySelectorAll('input[type="password"]').forEach(offerToShow);
document.querySelectorAll('form[method="post"]').forEach(sendOnce);

// A refused form: the summary says what is wrong, so that is where reading goes on.
const summary = document.querySelector(".error-summary");
if (summary) {
  summary.tabIndex = -1;
  summary.focus();
}
