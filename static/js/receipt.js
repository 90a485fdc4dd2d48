// Copies the private link, and prints the slip, where the browser can.

const copy = document.querySelector("[data-copy]");
if (copy && navigator.clipboard) {
  const link = document.getElementById(copy.dataset.copy);
  const told = document.querySelector("[data-copied]");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      told.textContent = "It is copied.";
    } catch {
      link.select();
      told.textContent = "It is selected: copy it now.";
    }
  });
}

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
