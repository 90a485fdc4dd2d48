// Tells before sending, not after, that the chosen pictures are more than is taken at once.

const pictures = document.querySelector("[data-most-bytes]");
const told = document.querySelector("[data-too-large]");

function isTooLarge() {
  const sizes = [...pictures.files].map((file) => file.size);
  return sizes.reduce((sum, size) => sum + size, 0) > Number(pictures.dataset.mostBytes);
}

function tell() {
  told.hidden = !isTooLarge();
}

if (pictures) {
  pictures.addEventListener("change", tell);
  pictures.form.addEventListener("submit", (event) => {
    if (!isTooLarge()) return;
    event.preventDefault();
    pictures.focus();
  });
}
