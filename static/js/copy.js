// Copies what stands in a field, where the browser can.

const all = document.querySelectorAll("[data-copied]");

async function copy(field, told) {
  for (const other of all) other.textContent = "";
  try {
    await navigator.clipboard.writeText(field.value);
    told.textContent = "Copied.";
  } catch {
    field.select();
    told.textContent = "It is selected: copy it now.";
  }
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    const told = button.parentElement.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", () => copy(field, told));
  }
}
