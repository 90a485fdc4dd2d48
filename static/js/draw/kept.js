// The drawing of a form, kept in this tab through a reload or an error, until it has been sent.

const PREFIX = "drawing:";
const KEY = PREFIX + location.pathname;
const HOUR = 3600 * 1000;
const storage = open();

function open() {
  try {
    return sessionStorage;
  } catch {
    return null; // This browser keeps nothing: a drawing lasts as long as its page.
  }
}

function read(key) {
  try {
    return JSON.parse(storage?.getItem(key) ?? null);
  } catch {
    return null;
  }
}

/**
 * Keep `drawing`, which is plain data. `marks` are `went`, what was sent with the form last
 * ("drawing" or "file"), and `isSending`, until the answer is there.
 */
export function keep(drawing, marks = {}) {
  try {
    storage?.setItem(KEY, JSON.stringify({ drawing, at: Date.now(), ...marks }));
  } catch {
    drop(); // No room is left, and half a drawing would be worse than none.
  }
}

export function drop() {
  storage?.removeItem(KEY);
}

/** Return this form's {drawing, went, isSending}, or null. After an hour somebody else is here. */
export function kept() {
  const entry = read(KEY);
  if (entry && Date.now() - entry.at < HOUR) return entry;
  drop();
  return null;
}

/** Forget every drawing that was on its way: the page that calls this says that it has arrived. */
export function dropSent() {
  for (const key of Object.keys(storage ?? {})) {
    if (key.startsWith(PREFIX) && read(key)?.isSending) storage.removeItem(key);
  }
}
