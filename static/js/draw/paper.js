import { HEIGHT, WIDTH } from "./drawing.js";

/** Shows items on a canvas: in whatever size, the paper is WIDTH × HEIGHT, and white. */
export class Paper {
  /** `outlines` are the paths of the shapes by kind, each in a square of 100 around its middle. */
  constructor(canvas, outlines) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.outlines = outlines;
  }

  /** Fit the canvas to the place that it has and to the dots of the screen. */
  fit() {
    const { width } = this.canvas.getBoundingClientRect();
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round((this.canvas.width * HEIGHT) / WIDTH);
  }

  show(items, selected) {
    this.#draw(this.context, items);
    if (selected) ring(this.context, selected);
  }

  /** Show the newest bit of a line that is being drawn, without drawing all the rest again. */
  extend(line) {
    const last = Math.max(0, line.points.length - 6);
    pull(this.context, line, last);
  }

  /** Return where on the paper a pointer is, as [x, y]. */
  place(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [
      Math.round(((event.clientX - left) / width) * WIDTH),
      Math.round(((event.clientY - top) / height) * HEIGHT),
    ];
  }

  /** Return `items` as a PNG file. */
  png(items) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: WIDTH, height: HEIGHT });
    this.#draw(canvas.getContext("2d"), items);
    const [, data] = canvas.toDataURL("image/png").split(",");
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    return new File([bytes], "drawing.png", { type: "image/png" });
  }

  #draw(context, items) {
    const scale = context.canvas.width / WIDTH;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, WIDTH, HEIGHT);
    for (const item of items) {
      if (item.kind) this.#fill(context, item);
      else pull(context, item);
    }
  }

  #fill(context, { kind, colour, x, y, size, turn }) {
    context.save();
    context.translate(x, y);
    context.rotate((turn * Math.PI) / 180);
    context.scale(size / 100, size / 100);
    context.fillStyle = colour;
    context.fill(this.outlines[kind]);
    context.restore();
  }
}

// The points pull the line to them, and it passes smoothly half-way between them.
function pull(context, { points, colour, width }, first = 0) {
  const end = points.length - 2;
  const middle = (at) => [(points[at] + points[at + 2]) / 2, (points[at + 1] + points[at + 3]) / 2];
  Object.assign(context, { strokeStyle: colour, lineWidth: width });
  Object.assign(context, { lineCap: "round", lineJoin: "round" });
  context.beginPath();
  context.moveTo(...(first ? middle(first) : points.slice(0, 2)));
  for (let at = first + 2; at < end; at += 2) {
    context.quadraticCurveTo(points[at], points[at + 1], ...middle(at));
  }
  // A dot is a very short line.
  context.lineTo(points[end] + 0.01, points[end + 1]);
  context.stroke();
}

// In two colours, so that it is seen on every other.
function ring(context, { x, y, size }) {
  for (const [colour, dashes] of [["#ffffff", []], ["#1d2521", [18, 14]]]) {
    context.beginPath();
    context.arc(x, y, size * 0.58 + 8, 0, 2 * Math.PI);
    Object.assign(context, { strokeStyle: colour, lineWidth: 6 });
    context.setLineDash(dashes);
    context.stroke();
  }
  context.setLineDash([]);
}
