// The logo of an idea: a chosen picture file is shown back at once, or a logo is drawn here.
// Both are sent by the one file input, and the newest wins.
import { drop, keep, kept } from "./draw/kept.js";
import { Upload } from "./draw/upload.js";

const place = document.querySelector("[data-draw]");
const input = document.getElementById(place.dataset.draw);
const preview = place.querySelector("canvas");
const news = place.querySelector(".draw-news");
const opener = place.querySelector("[data-open]");
const instead = place.querySelector("[data-instead]");
const isAgain = "again" in place.dataset;
const isHeld = "held" in place.dataset;
// Long enough for the next line to begin: making the picture would make a slow tablet stutter.
const PAUSE = 400;

// --- A chosen file -----------------------------------------------------------------------------

let isShown = false;
const upload = new Upload(input, async (file) => {
  stop();
  isShown = file !== null && (await showBack(file));
  if (pad && !file) put();
  else tell();
});

async function showBack(file) {
  try {
    const picture = await createImageBitmap(file);
    if (input.files[0] !== file) return isShown; // another one was chosen meanwhile
    const scale = Math.min(1, 640 / Math.max(picture.width, picture.height));
    preview.width = picture.width * scale;
    preview.height = picture.height * scale;
    preview.getContext("2d").drawImage(picture, 0, 0, preview.width, preview.height);
    picture.close();
    return true;
  } catch {
    return false; // Browsers don't know every kind of picture that the schools take.
  }
}

// --- The drawing -------------------------------------------------------------------------------

let pad;
let opening; // from the moment that the pad is wanted
let went; // what the server holds since an error: the "drawing" or a "file"
let timer;

async function open(entry) {
  const { Pad } = await import("./draw/pad.js");
  const panel = place.querySelector("template").content.firstElementChild.cloneNode(true);
  place.append(panel);
  pad = new Pad(panel, entry?.drawing, drawn);
  opener.setAttribute("aria-expanded", "true");
  tell();
}

function wantPad(entry) {
  opening = open(entry);
  opening.catch(() => {
    opening = undefined;
    news.textContent = "The drawing paper did not arrive. Load this page again, or choose a file.";
  });
  return opening;
}

function toggle() {
  const panel = place.querySelector(".pad");
  if (panel) {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", !panel.hidden);
  } else if (!opening) {
    wantPad().then(() => place.querySelector(".pad").scrollIntoView({ block: "nearest" }));
  }
}

function drawn() {
  went = undefined;
  keep(pad.data);
  soon();
}

function soon() {
  stop();
  timer = setTimeout(() => (pad.isBusy ? soon() : put()), PAUSE);
}

function stop() {
  clearTimeout(timer);
  timer = undefined;
}

function put() {
  stop();
  if (pad.isEmpty) upload.takeOut();
  else upload.put(pad.png());
  tell();
}

// --- What will be sent -------------------------------------------------------------------------

function tell() {
  const isDrawing = upload.isDrawn || went === "drawing";
  preview.hidden = !(upload.isChosen && isShown);
  instead.hidden = isDrawing || !pad || pad.isEmpty;
  news.textContent = [aboutFile(), aboutDrawing()].join(" ").trim();
}

function aboutFile() {
  if (!upload.isChosen) return "";
  if (isShown) return "This is the picture that you chose.";
  return "We will show it to you after you press “See my picture first”.";
}

function aboutDrawing() {
  const besides = isHeld ? ", and not the picture above" : "";
  if (upload.isDrawn) return `Your drawing will be sent${besides}.`;
  if (!pad) return "";
  if (pad.isEmpty) return upload.isChosen ? "" : "Your paper is empty.";
  if (went === "drawing") return "We have kept your drawing. It will be sent.";
  return `${upload.isChosen ? "It" : "The picture above"} will be sent, and not your drawing.`;
}

// --- From page to page -------------------------------------------------------------------------

// Who opens the form afresh after a sending starts with an empty paper. Who comes back to it, or
// loads it again, does so because the sending has failed: the page of thanks has dropped the rest.
function restore() {
  const entry = kept();
  const isFresh = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (!entry?.isSending || isAgain || !isFresh) return entry;
  drop();
  return null;
}

async function goOn(entry) {
  await wantPad(entry);
  if (isHeld) went = entry.went;
  keep(pad.data, { went });
  tell();
  if (!went && !upload.isChosen) put();
}

function send(event) {
  if (opening && !pad) {
    event.preventDefault();
    opening.finally(() => input.form.requestSubmit(event.submitter));
  } else if (pad) {
    if (timer) put();
    if (upload.isDrawn) went = "drawing";
    else if (upload.isChosen) went = "file";
    keep(pad.data, { went, isSending: true });
  }
}

// A page that the browser had put aside whole still shows what has been sent since.
function comeBack({ persisted }) {
  if (!persisted || !pad) return;
  if (kept()) {
    keep(pad.data, { went });
  } else {
    pad.reset();
    put();
  }
}

opener.addEventListener("click", toggle);
instead.addEventListener("click", () => {
  put();
  opener.focus();
});
// Who removes the kept picture doesn't want it sent as a drawing after all.
const remove = input.form.elements[`${input.name}_remove`];
remove?.addEventListener("change", () => {
  if (remove.checked && pad && !pad.isEmpty) pad.clear();
});
input.form.addEventListener("submit", send);
addEventListener("pageshow", comeBack);
place.hidden = false;
const entry = restore();
if (entry) goOn(entry);
