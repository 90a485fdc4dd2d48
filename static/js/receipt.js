// Copies the private link, and prints the slip, where the browser can.
import "./copy.js";

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
