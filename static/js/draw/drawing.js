// What is on the paper, as data: no page, no canvas.

export const WIDTH = 1000;
export const HEIGHT = 750;

const STEPS = {
  add: (items, item) => [...items, item],
  change: (items, item) => items.map((old) => (old.id === item.id ? item : old)),
  front: (items, item) => [...items.filter((old) => old.id !== item.id), item],
  remove: (items, item) => items.filter((old) => old.id !== item.id),
  clear: () => [],
};

/**
 * A drawing is the list of the steps that led to it, each [name, item]; undoing goes back in it.
 *
 * An item is a line {points: [x, y, x, y…], colour, width, isErased}, or a shape
 * {id: "star-1", kind: "star", colour, x, y, size, turn}. Lines that erase are white, so that
 * whatever is drawn later lies on top of them.
 */
export class Drawing {
  constructor({ steps = [], count = 0 } = {}) {
    this.steps = steps;
    this.count = count;
  }

  get items() {
    const done = this.steps.slice(0, this.count);
    return done.reduce((items, [name, item]) => STEPS[name](items, item), []);
  }

  get shapes() {
    return this.items.filter((item) => item.kind);
  }

  get isEmpty() {
    return this.items.every((item) => item.isErased);
  }

  /**
   * Take a step, after which nothing leads to what had been undone. With `isSame` it replaces the
   * last one, if that did the same to the same shape: a key held down is one step.
   */
  take(name, item, isSame = false) {
    this.steps.length = this.count;
    const [lastName, lastItem] = this.steps.at(-1) ?? [];
    if (isSame && lastName === name && lastItem.id === item.id) this.steps.pop();
    this.steps.push([name, item]);
    this.count = this.steps.length;
  }

  /** Go one step back; return it, or undefined. */
  undo() {
    return this.count ? this.steps[--this.count] : undefined;
  }

  /** Go forward again by one step; return it, or undefined. */
  redo() {
    return this.steps[this.count] && this.steps[this.count++];
  }

  /** Return a new shape: the first in the middle of the paper, the next ones beside it. */
  newShape(kind, colour) {
    const numbers = this.shapes.filter((shape) => shape.kind === kind).map(numberOf);
    const place = this.shapes.length;
    return {
      id: `${kind}-${Math.max(0, ...numbers) + 1}`,
      kind, colour, size: 200, turn: 0,
      x: WIDTH / 2 + 190 * [0, 1, -1, 2, -2][place % 5],
      y: HEIGHT / 2 + 230 * [0, 1, -1][Math.floor(place / 5) % 3],
    };
  }
}

/** Return the 2 of "Star 2". */
export function numberOf(shape) {
  return Number(shape.id.split("-")[1]);
}

/** Return a copy of `shape` with these values, within the paper and of a size that can be seen. */
export function changed(shape, values) {
  const next = { ...shape, ...values };
  next.x = between(0, next.x, WIDTH);
  next.y = between(0, next.y, HEIGHT);
  next.size = between(60, next.size, WIDTH);
  return next;
}

function between(least, value, most) {
  return Math.round(Math.min(Math.max(least, value), most));
}
