// What the pages for editors offer beyond what they do without scripts.

for (const group of document.querySelectorAll("[data-rows]")) {
  const add = group.querySelector("[data-add]");
  const total = group.querySelector("[name$='-TOTAL_FORMS']");
  add.hidden = false;
  add.addEventListener("click", () => {
    const row = group.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
    add.parentElement.insertAdjacentHTML("beforebegin", row);
    total.value = Number(total.value) + 1;
    add.parentElement.previousElementSibling.querySelector("input:not([type=hidden]), textarea, select").focus();
  });
}

for (const field of document.querySelectorAll("input[type=color]")) {
  field.addEventListener("input", () => { field.nextElementSibling.value = field.value; });
}
