// One key for each decision, as long as the focus is inside the idea and not in a field.

const card = document.querySelector("[data-keys]");

const actions = {
  a: () => card.querySelector("[data-press=a]")?.click(),
  d: openReasons,
  u: () => document.querySelector("[data-undo]")?.click(),
};

function openReasons() {
  const reasons = card.querySelector("[data-open=d]");
  if (!reasons) return;
  reasons.open = true;
  reasons.querySelector("input[type=radio]").focus();
}

function isField(target) {
  return target.matches("input, textarea, select");
}

if (card) {
  for (const hint of document.querySelectorAll(".key")) hint.hidden = false;
  card.addEventListener("keydown", (event) => {
    const action = actions[event.key.toLowerCase()];
    const isOther = event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing;
    if (!action || isOther || isField(event.target)) return;
    event.preventDefault();
    action();
  });
}
