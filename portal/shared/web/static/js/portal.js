// Small comforts. Every page works without them.

/** Seats: the buttons beside a number, its arrow keys, and their ends. */
function setUpStepper(box) {
  const input = box.querySelector("input");
  const buttons = box.querySelectorAll("[data-step]");
  const least = Number(input.dataset.min);
  const most = Number(input.dataset.max);
  const count = () => Number.parseInt(input.value, 10) || least;

  function showEnds() {
    for (const button of buttons) {
      button.disabled = Number(button.dataset.step) < 0 ? count() <= least : count() >= most;
    }
  }

  function step(by) {
    input.value = String(Math.min(most, Math.max(least, count() + by)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  input.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    step(event.key === "ArrowUp" ? 1 : -1);
  });
  input.addEventListener("input", showEnds);
  box.dataset.stepper = "ready";
  showEnds();
}

const PATIENCE_MS = 8000;

/** A form that was sent is not sent again by a second click; coming back to the page, or waiting, opens it again. */
function guardAgainstDoubleClick() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    setTimeout(() => delete form.dataset.sent, PATIENCE_MS);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

function setUp(root) {
  for (const box of root.querySelectorAll('[data-stepper=""]')) setUpStepper(box);
}

guardAgainstDoubleClick();
setUp(document);
document.addEventListener("htmx:after:swap", () => setUp(document));
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
