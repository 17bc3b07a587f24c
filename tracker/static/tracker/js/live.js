// Bring parts of a page up to date: fetch it again and swap what has changed.
// A part is any element with an id and data-live="seconds". Without this script a page is as old
// as its last loading, and says so by its clock.

const parts = [...document.querySelectorAll("[data-live][id]")];
const seconds = Math.min(...parts.map((part) => Number(part.dataset.live)));
const shown = new WeakMap();
let asking = false;

// The token that guards a form is another one in each answer and says nothing new.
function fingerprint(part) {
  return part.innerHTML.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
}

// Somebody who reads an opened detail or is about to press a button must not lose it.
function isInUse(part) {
  const active = document.activeElement;
  const isWriting = active && part.contains(active) && active.matches("input, select, textarea");
  return isWriting || part.querySelector("details[open]") !== null;
}

function swap(fresh) {
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    const print = next ? fingerprint(next) : "";
    if (!next || print === shown.get(part) || isInUse(part)) {
      continue;
    }
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const address = focused && focused.getAttribute("href");
    part.innerHTML = next.innerHTML;
    shown.set(part, print);
    if (address) {
      const again = [...part.querySelectorAll("a")].find((a) => a.getAttribute("href") === address);
      if (again) {
        again.focus({ preventScroll: true });
      }
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

for (const part of parts) {
  shown.set(part, fingerprint(part));
}
if (parts.length > 0 && Number.isFinite(seconds)) {
  setInterval(refresh, seconds * 1000);
}
