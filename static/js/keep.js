// Keeps what is being typed in this browser, so that it is there again after a session has ended or
// the connection has dropped. Only the same person is offered it, until it is saved or they sign out.

const PREFIX = "typing:";
const DAYS = 3;
const mine = `${PREFIX}${document.querySelector("[data-person]").dataset.person}:`;
const here = location.pathname + location.search;
const form = document.querySelector(".editing-form[data-keep]");

function keys(prefix) {
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function throwAwayWhatIsOld() {
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
  for (const key of keys(PREFIX)) {
    if (!(read(key)?.at > oldest)) localStorage.removeItem(key);
  }
}

function throwAwayWhatIsSaved() {
  for (const told of document.querySelectorAll("[data-saved]")) {
    if (told.dataset.saved) localStorage.removeItem(mine + told.dataset.saved);
  }
}

function throwAwayOnSigningOut() {
  for (const way of document.querySelectorAll("form[data-sign-out]")) {
    way.addEventListener("submit", () => {
      stop();
      keys(mine).forEach((key) => localStorage.removeItem(key));
    });
  }
}

// Every field but files, passwords and what belongs to this one sending.
function typed() {
  const leftOut = new Set(["csrfmiddlewaretoken", "_typing"]);
  for (const field of form.querySelectorAll("[type=password][name]")) leftOut.add(field.name);
  return [...new FormData(form)].filter(([name, value]) => !leftOut.has(name) && typeof value === "string");
}

function words(fields) {
  return JSON.stringify(fields.filter(([name]) => name !== "_seen"));
}

let stop = () => {};

function keepTyping() {
  const number = form.elements._typing;
  number.value ||= `${Date.now()}-${Math.floor(Math.random() * 1e9)}`;
  const key = mine + number.value;
  const isUnsaved = "unsaved" in form.dataset;
  const before = words(typed());
  let timer;

  function keep() {
    clearTimeout(timer);
    const fields = typed();
    if (!isUnsaved && words(fields) === before) {
      localStorage.removeItem(key);
      return;
    }
    try {
      localStorage.setItem(key, JSON.stringify({ path: here, at: Date.now(), fields }));
    } catch {
      // The browser has no room left, or keeps nothing: the page works as it does without.
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(keep, 300);
  }

  stop = () => {
    clearTimeout(timer);
    form.removeEventListener("input", soon);
    form.removeEventListener("change", soon);
    removeEventListener("pagehide", keep);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", keep);
  addEventListener("pagehide", keep);
  if (isUnsaved) keep();
}

// It goes through the server, which brings it together with what others have saved meanwhile.
function bringBack(key, entry) {
  const sent = document.createElement("form");
  sent.method = "post";
  const fields = [
    ...entry.fields,
    ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value],
    ["_typing", key.slice(mine.length)],
    ["_restore", "yes"],
  ];
  for (const [name, value] of fields) {
    // A textarea keeps every line break.
    const field = Object.assign(document.createElement("textarea"), { name, value });
    sent.append(field);
  }
  sent.hidden = true;
  document.body.append(sent);
  sent.submit();
}

function offer(key, entry) {
  const template = document.querySelector("#kept-template");
  const notice = template.content.firstElementChild.cloneNode(true);
  const at = new Date(entry.at);
  const isToday = at.toDateString() === new Date().toDateString();
  const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  notice.querySelector("time").textContent = isToday ? clock : `${clock} on ${day}`;
  notice.querySelector("time").dateTime = at.toISOString();
  notice.querySelector("[data-back]").addEventListener("click", () => bringBack(key, entry));
  notice.querySelector("[data-away]").addEventListener("click", () => {
    localStorage.removeItem(key);
    notice.remove();
    document.querySelector("main").focus();
  });
  document.querySelector("main [role=status]").append(notice);
}

function offerWhatWasTypedHere() {
  for (const key of keys(mine)) {
    const entry = read(key);
    if (entry.path === here) offer(key, entry);
  }
}

function keepsAnything() {
  try {
    return Boolean(localStorage);
  } catch {
    return false;
  }
}

if (keepsAnything()) {
  throwAwayWhatIsOld();
  throwAwayWhatIsSaved();
  throwAwayOnSigningOut();
  if (form) {
    if (!("unsaved" in form.dataset)) offerWhatWasTypedHere();
    keepTyping();
  }
}
