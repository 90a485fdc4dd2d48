import { changed, Drawing, HEIGHT, numberOf, WIDTH } from "./drawing.js";
import { Paper } from "./paper.js";

const CHANGES = {
  left: ({ x }, step) => ({ x: x - step }),
  right: ({ x }, step) => ({ x: x + step }),
  up: ({ y }, step) => ({ y: y - step }),
  down: ({ y }, step) => ({ y: y + step }),
  smaller: ({ size }) => ({ size: size / 1.2 }),
  bigger: ({ size }) => ({ size: size * 1.2 }),
  turn: ({ turn }) => ({ turn: (turn + 30) % 360 }),
};
const KEYS = {
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  "+": "bigger", "=": "bigger", "-": "smaller", t: "turn", T: "turn",
  Delete: "remove", Backspace: "remove",
};
const STEP = 20;
const NEAR = 3;

/** The tools around the paper. They work by touch, mouse and keys, and say what they have done. */
export class Pad {
  #panel;
  #changed;
  #drawing;
  #paper;
  #names = {};
  #pointer = null;
  #line = null;
  #held = null;
  #selected = null;

  /** `drawing` is the data of an earlier one, if any; `changed` is called at each change. */
  constructor(panel, drawing, changed) {
    this.#panel = panel;
    this.#changed = changed;
    this.#drawing = new Drawing(drawing);
    this.#paper = new Paper(this.#find("canvas"), this.#outlines());
    this.#paintColours();
    this.#listenToTools();
    this.#listenToPointers();
    panel.addEventListener("keydown", (event) => this.#press(event));
    new ResizeObserver(() => this.#fit()).observe(this.#find(".pad-paper"));
    this.#show();
  }

  get isEmpty() {
    return this.#drawing.isEmpty;
  }

  get isBusy() {
    return this.#pointer !== null;
  }

  get data() {
    return { steps: this.#drawing.steps, count: this.#drawing.count };
  }

  png() {
    return this.#paper.png(this.#drawing.items);
  }

  /** Lay a new paper out. */
  reset() {
    this.#drawing = new Drawing();
    this.#select(null);
    this.#say("");
  }

  // --- What the page's template says ---------------------------------------------------------

  #find(selector) {
    return this.#panel.querySelector(selector);
  }

  #findAll(selector) {
    return this.#panel.querySelectorAll(selector);
  }

  #value(name) {
    return this.#find(`[name=draw-${name}]:checked`).value;
  }

  #check(name, value) {
    this.#find(`[name=draw-${name}][value="${value}"]`).checked = true;
  }

  #outlines() {
    const outlines = {};
    for (const button of this.#findAll("[data-shape]")) {
      outlines[button.dataset.shape] = new Path2D(button.querySelector("path").getAttribute("d"));
      this.#names[button.dataset.shape] = button.textContent.trim();
    }
    return outlines;
  }

  #paintColours() {
    for (const { value, parentElement: label } of this.#findAll("[name=draw-colour]")) {
      label.style.setProperty("--colour", value);
      this.#names[value] = label.textContent.trim();
    }
  }

  #listenToTools() {
    for (const button of this.#findAll("[data-shape]")) {
      // With a finger, dragging comes next, and the paper has to stay where it is.
      const add = ({ detail }) => this.#add(button.dataset.shape, { preventScroll: detail > 0 });
      button.addEventListener("click", add);
    }
    for (const button of this.#findAll("[data-do]")) {
      button.addEventListener("click", () => this.#do(button.dataset.do));
    }
    this.#panel.addEventListener("change", ({ target }) => {
      if (target.name === "draw-colour") this.#chooseColour(target.value);
      if (target.name === "draw-tool") this.#select(null);
    });
  }

  // --- Fingers, pens and mice ----------------------------------------------------------------

  #listenToPointers() {
    const { canvas } = this.#paper;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#isOurs(event) && this.#move(event));
    for (const name of ["pointerup", "lostpointercapture"]) {
      canvas.addEventListener(name, (event) => this.#isOurs(event) && this.#up());
    }
    canvas.addEventListener("pointercancel", (event) => this.#isOurs(event) && this.#letGo());
  }

  #isOurs({ pointerId }) {
    return pointerId === this.#pointer?.pointerId;
  }

  // One pointer draws at a time; but a hand that lies on the paper makes way for its pen.
  #down(event) {
    const isHandBeforePen = this.#pointer?.pointerType === "touch" && event.pointerType === "pen";
    if ((this.isBusy && !isHandBeforePen) || event.button) return;
    if (this.isBusy) this.#letGo();
    this.#paper.canvas.setPointerCapture(event.pointerId);
    this.#pointer = event;
    if (this.#value("tool") === "shapes") this.#hold(event);
    else this.#beginLine(event);
  }

  #move(event) {
    if (this.#held) this.#drag(event);
    const events = event.getCoalescedEvents?.() ?? [];
    if (this.#line) (events.length ? events : [event]).forEach((each) => this.#draw(each));
  }

  #up() {
    const line = this.#line;
    const { shape, from } = this.#held ?? {};
    this.#line = this.#held = this.#pointer = null;
    if (line) this.#take("add", line, line.isErased ? "Rubbed out." : "A line is drawn.");
    else if (shape !== from) this.#take("change", shape, this.#whereabouts(shape));
  }

  #letGo() {
    this.#line = this.#held = this.#pointer = null;
    this.#show();
  }

  #beginLine(event) {
    const isErased = this.#value("tool") === "eraser";
    const width = Number(this.#value("width")) * (isErased ? 2 : 1);
    const colour = isErased ? "#ffffff" : this.#value("colour");
    this.#line = { points: this.#paper.place(event), colour, width, isErased };
    this.#paper.extend(this.#line);
  }

  #draw(event) {
    const { points } = this.#line;
    const [x, y] = this.#paper.place(event);
    if (Math.hypot(x - points.at(-2), y - points.at(-1)) < NEAR) return;
    points.push(x, y);
    this.#paper.extend(this.#line);
  }

  #hold(event) {
    const [x, y] = this.#paper.place(event);
    const isHere = (shape) => Math.hypot(shape.x - x, shape.y - y) < Math.max(shape.size / 2, 40);
    const shape = this.#drawing.shapes.findLast(isHere);
    if (shape) this.#held = { shape, from: shape, aside: [shape.x - x, shape.y - y] };
    this.#select(shape?.id ?? null);
  }

  #drag(event) {
    const [x, y] = this.#paper.place(event);
    const { from, aside } = this.#held;
    const shape = changed(from, { x: x + aside[0], y: y + aside[1] });
    this.#held.shape = shape;
    const items = this.#drawing.items.map((item) => (item.id === shape.id ? shape : item));
    this.#paper.show(items, shape);
  }

  // --- Shapes --------------------------------------------------------------------------------

  get #shape() {
    return this.#drawing.shapes.find((shape) => shape.id === this.#selected);
  }

  #add(kind, scrolling) {
    const shape = this.#drawing.newShape(kind, this.#value("colour"));
    this.#selected = shape.id;
    this.#take("add", shape, `${this.#describe(shape)}. Drag it, or use the keys and buttons.`);
    this.#button(shape.id).focus(scrolling);
  }

  #select(id) {
    this.#selected = id;
    if (this.#shape) this.#check("colour", this.#shape.colour);
    this.#show();
  }

  #change(how, step = STEP, isHeldDown = false) {
    const before = this.#shape;
    const shape = changed(before, CHANGES[how](before, step));
    if (JSON.stringify(shape) === JSON.stringify(before)) {
      this.#say(`${this.#name(shape)} cannot go further.`);
    } else {
      const told = { smaller: "is smaller", bigger: "is bigger", turn: "is turned" }[how];
      const words = told ? `${this.#name(shape)} ${told}.` : this.#whereabouts(shape);
      this.#take("change", shape, words, isHeldDown);
    }
  }

  #bringToFront() {
    this.#take("front", this.#shape, `${this.#name(this.#shape)} is in front.`);
  }

  #remove() {
    const shape = this.#shape;
    const { shapes } = this.#drawing;
    const next = shapes[shapes.indexOf(shape) + 1] ?? shapes.at(-2);
    const isAtButtons = document.activeElement.matches("[data-do]");
    this.#selected = next?.id ?? null;
    this.#take("remove", shape, `${this.#name(shape)} is removed. Undo brings it back.`);
    if (!next) this.#find(`[data-shape=${shape.kind}]`).focus();
    else if (!isAtButtons) this.#button(next.id).focus();
  }

  #chooseColour(colour) {
    if (this.#shape) {
      const shape = { ...this.#shape, colour };
      this.#take("change", shape, `${this.#name(shape)} is ${this.#names[colour].toLowerCase()}.`);
    } else {
      if (this.#value("tool") === "eraser") this.#check("tool", "pen");
      this.#show();
    }
  }

  // --- Steps ---------------------------------------------------------------------------------

  #press(event) {
    const isUndoing = (event.ctrlKey || event.metaKey) && /^[zy]$/i.test(event.key);
    if (isUndoing) this.#do(event.shiftKey || /y/i.test(event.key) ? "redo" : "undo");
    const how = !event.ctrlKey && !event.metaKey && !event.altKey && KEYS[event.key];
    const isAtShape = how && event.target.dataset.id;
    if (isAtShape && how === "remove") this.#remove();
    else if (isAtShape) this.#change(how, event.shiftKey ? STEP * 5 : STEP, event.repeat);
    if (isUndoing || isAtShape) event.preventDefault();
  }

  #do(what) {
    if (what === "undo" || what === "redo") this.#goBackOrForward(what);
    else if (what === "clear") this.clear();
    else if (what === "remove") this.#remove();
    else if (what === "front") this.#bringToFront();
    else this.#change(what);
  }

  /** Empty the paper, as its button does: it can be undone. */
  clear() {
    if (!this.#drawing.items.length) this.#say("The paper is empty.");
    else this.#take("clear", {}, "The paper is empty. Undo brings everything back.");
  }

  #goBackOrForward(what) {
    const step = this.#drawing[what]();
    if (!step) {
      this.#say(`There is nothing to ${what}.`);
      return;
    }
    this.#finish(`${what === "undo" ? "Undone" : "Done again"}: ${this.#nameStep(step)}.`);
  }

  #take(name, item, words, isSame) {
    this.#drawing.take(name, item, isSame);
    this.#finish(words);
  }

  #finish(words) {
    this.#select(this.#shape?.id ?? null);
    this.#say(words);
    this.#changed();
  }

  // --- Words ---------------------------------------------------------------------------------

  #say(words) {
    this.#find(".pad-said").textContent = words;
  }

  #name(shape) {
    return `${this.#names[shape.kind]} ${numberOf(shape)}`;
  }

  #describe(shape) {
    return `${this.#name(shape)}, ${this.#names[shape.colour].toLowerCase()}, ${placeOf(shape)}`;
  }

  #whereabouts(shape) {
    const across = Math.round((shape.x / WIDTH) * 100);
    const down = Math.round((shape.y / HEIGHT) * 100);
    return `${this.#name(shape)}: ${placeOf(shape)}, ${across} across, ${down} down.`;
  }

  #nameStep([name, item]) {
    if (name === "clear") return "clearing the paper";
    if (!item.kind) return item.isErased ? "rubbing out" : "a line";
    const doing = { add: "putting down", change: "changing", remove: "removing" };
    return `${doing[name] ?? "moving to the front"} ${this.#name(item)}`;
  }

  #describeAll() {
    const { items, shapes } = this.#drawing;
    const lines = items.filter((item) => !item.kind && !item.isErased).length;
    const told = shapes.map((shape) => this.#describe(shape));
    if (lines) told.unshift(lines === 1 ? "1 line" : `${lines} lines`);
    return `Your drawing: ${told.join("; ") || "an empty paper"}`;
  }

  // --- What is seen --------------------------------------------------------------------------

  #fit() {
    this.#paper.fit();
    this.#paper.show(this.#drawing.items, this.#shape);
  }

  #show() {
    const { items, steps, count } = this.#drawing;
    if (this.#selected) this.#check("tool", "shapes");
    this.#paper.show(items, this.#shape);
    this.#paper.canvas.setAttribute("aria-label", this.#describeAll());
    this.#find("[data-colour]").textContent = this.#names[this.#value("colour")];
    for (const part of this.#findAll("[data-for]")) {
      part.hidden = !part.dataset.for.includes(this.#value("tool"));
    }
    this.#find(".pad-actions").hidden = !this.#selected;
    this.#dim("undo", !count);
    this.#dim("redo", count === steps.length);
    this.#dim("clear", !items.length);
    this.#list();
  }

  // A button that is disabled would lose the focus of the one who has just pressed it.
  #dim(what, isDimmed) {
    this.#find(`[data-do=${what}]`).setAttribute("aria-disabled", isDimmed);
  }

  // Buttons stay the same ones, so that the one in use keeps its focus.
  #list() {
    const { shapes } = this.#drawing;
    for (const item of [...this.#find(".pad-placed").children]) {
      const { id } = item.firstElementChild.dataset;
      if (!shapes.some((shape) => shape.id === id)) this.#takeOff(item);
    }
    for (const shape of shapes) {
      this.#label(this.#button(shape.id) ?? this.#newButton(shape.id), shape);
    }
    this.#find("[data-placed]").hidden = !shapes.length;
  }

  #takeOff(item) {
    if (item.contains(document.activeElement)) this.#find("[data-do=undo]").focus();
    item.remove();
  }

  #label(button, shape) {
    button.textContent = this.#name(shape);
    button.style.setProperty("--colour", shape.colour);
    button.setAttribute("aria-label", this.#describe(shape));
    button.setAttribute("aria-pressed", shape.id === this.#selected);
  }

  #button(id) {
    return this.#find(`[data-id="${id}"]`);
  }

  #newButton(id) {
    const item = this.#find("template").content.firstElementChild.cloneNode(true);
    const button = item.firstElementChild;
    button.dataset.id = id;
    button.addEventListener("focus", () => this.#selected === id || this.#select(id));
    button.addEventListener("click", () => this.#select(id));
    this.#find(".pad-placed").append(item);
    return button;
  }
}

function placeOf({ x, y }) {
  const row = y < HEIGHT / 3 ? "top" : y > (HEIGHT * 2) / 3 ? "bottom" : "middle";
  const column = x < WIDTH / 3 ? "left" : x > (WIDTH * 2) / 3 ? "right" : "middle";
  return row === column ? "middle" : `${row} ${column}`;
}
