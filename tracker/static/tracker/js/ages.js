// Keeps ages true while a page stays open. Field time may run faster than the wall clock (an exercise),
// so the page says what time it is in the field (data-now) and how fast it runs (data-speed) on <html>.
// All words come from the page (#age-words); only hours and minutes are rewritten, days are left alone.

const root = document.documentElement;
const startedAt = Date.parse(root.dataset.now);
const speed = Number(root.dataset.speed || "1");
const store = document.getElementById("age-words");
const words = store ? JSON.parse(store.textContent) : null;

function fieldNow() {
  return startedAt + performance.now() * speed;
}

function span(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return words.minutes.replace("%(minutes)d", String(minutes));
  if (hours < 10 && rest > 0) {
    return words.hours_minutes
      .replace("%(hours)d", String(hours))
      .replace("%(minutes)02d", String(rest).padStart(2, "0"));
  }
  return words.hours.replace("%(hours)d", String(hours));
}

function level(minutes, ageing, old) {
  if (minutes >= old) return "old";
  return minutes >= ageing ? "ageing" : "fresh";
}

function refresh(chip) {
  const minutes = Math.max(0, Math.floor((fieldNow() - Date.parse(chip.dataset.at)) / 60000));
  chip.dataset.age = level(minutes, Number(chip.dataset.ageing), Number(chip.dataset.old));
  if (minutes >= 48 * 60) return;
  const form = chip.dataset.form;
  const soon = minutes < 1 && (form === "ago" || form === "said");
  const said = soon ? words.now : words[form].replace("%(age)s", span(minutes));
  const place = chip.querySelector("[data-words]");
  if (place.textContent !== said) place.textContent = said;
}

function refreshAll() {
  document.querySelectorAll(".age[data-at]").forEach(refresh);
}

if (words && !Number.isNaN(startedAt)) {
  setInterval(refreshAll, Math.max(1000, 15000 / Math.max(speed, 1)));
}
