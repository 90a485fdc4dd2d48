/** A file input, into which the drawing goes as a picture like any other. The newest one wins. */
export class Upload {
  #input;
  #chosen;
  isDrawn = false;

  /** `changed` is called with the chosen file, or null, whenever a person has chosen. */
  constructor(input, changed) {
    this.#input = input;
    this.#chosen = input.files[0] ?? null;
    input.addEventListener("change", () => {
      this.isDrawn = false;
      this.#chosen = input.files[0] ?? null;
      changed(this.#chosen);
    });
  }

  get isChosen() {
    return !this.isDrawn && this.#input.files.length > 0;
  }

  put(drawing) {
    this.#set(drawing);
    this.isDrawn = true;
  }

  /** Take the drawing out again, for the file that had been chosen before it. */
  takeOut() {
    if (this.isDrawn) this.#set(this.#chosen);
    this.isDrawn = false;
  }

  #set(file) {
    const data = new DataTransfer();
    if (file) data.items.add(file);
    this.#input.files = data.files;
  }
}
