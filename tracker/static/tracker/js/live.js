// Bring parts of a page up to date: fetch it again and change what has changed, nothing else.
// A part is any element with an id and data-live="seconds". Without this script a page is as old
// as its last loading, and says so by its clock.

const parts = [...document.querySelectorAll("[data-live][id]")];
const seconds = Math.min(...parts.map((part) => Number(part.dataset.live)));
const shown = new WeakMap();
let asking = false;
let isPressing = false;

// The token that guards a form is another one in each answer and says nothing new; whether a detail
// is open is the reader's affair.
function fingerprint(node) {
  const text = node.outerHTML ?? node.data;
  return text
    .replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "")
    .replace(/(<details[^>]*?) open=""/g, "$1");
}

// Somebody who writes or has a finger on a button must not lose it.
function isInUse(part) {
  const active = document.activeElement;
  const isWriting = active && part.contains(active) && active.matches("input, select, textarea");
  return isPressing || isWriting;
}

function copyAttributes(old, next) {
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !(name === "open" && old.matches("details"))) {
      old.removeAttribute(name);
    }
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
}

// Children that are the same at both ends stay where they are, with their focus; so a button does
// not vanish because a line came or went above it.
function renewChildren(old, next) {
  const olds = [...old.childNodes];
  const nexts = [...next.childNodes];
  const isSame = (one, other) => one && other && fingerprint(one) === fingerprint(other);
  while (isSame(olds[0], nexts[0])) {
    olds.shift();
    nexts.shift();
  }
  let after = null;
  while (isSame(olds.at(-1), nexts.at(-1))) {
    after = olds.pop();
    nexts.pop();
  }
  const isAlike = olds.length === nexts.length
    && olds.every((node, place) => node.nodeName === nexts[place].nodeName);
  if (isAlike) {
    olds.forEach((node, place) => renew(node, nexts[place]));
    return;
  }
  for (const node of nexts) {
    old.insertBefore(node, olds[0] ?? after);
  }
  olds.forEach((node) => node.remove());
}

function renew(old, next) {
  if (fingerprint(old) === fingerprint(next)) {
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = next.data;
    return;
  }
  copyAttributes(old, next);
  renewChildren(old, next);
}

// What leads to the same page or sends the same form is the same to whoever has it in focus.
function purpose(control) {
  const form = control.closest("form");
  return `${control.tagName} ${control.getAttribute("href")} ${form && fingerprint(form)}`;
}

function swap(fresh) {
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    const print = next ? fingerprint(next) : "";
    if (!next || print === shown.get(part) || isInUse(part)) {
      continue;
    }
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const sought = focused && purpose(focused);
    renewChildren(part, next);
    shown.set(part, print);
    if (focused && !(focused.isConnected && purpose(focused) === sought)) {
      const again = [...part.querySelectorAll("a, button")].find((each) => purpose(each) === sought);
      again?.focus({ preventScroll: true });
    }
  }
  document.documentElement.dataset.now = fresh.documentElement.dataset.now;
  document.dispatchEvent(new CustomEvent("refreshed"));
}

async function refresh() {
  if (asking || document.hidden) {
    return;
  }
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch {
    // No connection: the ages on the page go on and show how old it is.
  } finally {
    asking = false;
  }
}

// The click comes after the finger or the key is up, and must find the button it began on.
for (const name of ["pointerdown", "keydown"]) {
  document.addEventListener(name, () => { isPressing = true; }, { passive: true });
}
for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) {
  window.addEventListener(name, () => setTimeout(() => { isPressing = false; }, 300));
}

for (const part of parts) {
  shown.set(part, fingerprint(part));
}
if (parts.length > 0 && Number.isFinite(seconds)) {
  setInterval(refresh, seconds * 1000);
}
