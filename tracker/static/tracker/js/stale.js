// Turns a page grey once its information is past its time, and says how old it is.
// Reads data-valid-until, data-generated-at and data-stale-text ("… %(minutes)d …") on <html>.

const root = document.documentElement;
const validUntil = Date.parse(root.dataset.validUntil);
const generatedAt = Date.parse(root.dataset.generatedAt);
const text = root.dataset.staleText;

// A phone whose clock is slow must not keep an old page fresh: time since loading counts as well.
function now() {
  const sinceLoad = Number.isNaN(generatedAt) ? 0 : generatedAt + performance.now();
  return Math.max(Date.now(), sinceLoad);
}

function bar() {
  const found = document.querySelector(".stalebar");
  if (found) return found;
  const made = document.createElement("div");
  made.className = "stalebar";
  made.setAttribute("role", "alert");
  const wrap = document.createElement("div");
  wrap.className = "wrap";
  made.append(wrap);
  document.body.prepend(made);
  return made;
}

function check() {
  const at = now();
  if (at < validUntil) return;
  root.dataset.stale = "";
  const born = Number.isNaN(generatedAt) ? validUntil : generatedAt;
  const minutes = Math.max(1, Math.floor((at - born) / 60000));
  const words = text.replace("%(minutes)d", String(minutes));
  const wrap = bar().firstElementChild;
  if (wrap.textContent !== words) wrap.textContent = words;
}

if (!Number.isNaN(validUntil) && text) {
  check();
  setInterval(check, 5000);
  document.addEventListener("visibilitychange", check);
}
