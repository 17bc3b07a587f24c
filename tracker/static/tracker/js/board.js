// Keyboard of the operations board: j and k move, Enter opens, l logs, / finds. Everything it does
// can be done with links as well. Keys are off while somebody types (WCAG 2.1.4).

const find = document.querySelector("[data-find]");

function rows() {
  return [...document.querySelectorAll("#live-rows tbody tr")].filter((row) => !row.hidden);
}

function current() {
  return rows().find((row) => row.classList.contains("sel"));
}

function mark(row) {
  for (const each of rows()) {
    const isChosen = each === row;
    each.classList.toggle("sel", isChosen);
    const link = each.querySelector("th a");
    if (isChosen) {
      link.setAttribute("aria-current", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

// The address says which convoy is shown, so that the next refresh keeps it.
async function show(row) {
  mark(row);
  const link = row.querySelector("th a");
  link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  const address = new URL(location.href);
  address.searchParams.set("show", row.dataset.code);
  history.replaceState(null, "", address);
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (answer.ok && current() === row) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const side = fresh.getElementById("live-side");
    if (side && current() === row) {
      document.getElementById("live-side").innerHTML = side.innerHTML;
    }
  }
}

function move(step) {
  const all = rows();
  const place = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, place + step))];
  if (next) {
    show(next);
  }
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  l: () => document.querySelector("#live-side [data-key=l]")?.click(),
  "/": () => find.focus(),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input, select, textarea");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
    if (isTyping && event.key === "Escape") {
      event.target.blur();
    }
    return;
  }
  const action = keys[event.key.toLowerCase()];
  if (action) {
    event.preventDefault();
    action();
  } else if (event.key === "Enter" && event.target === document.body) {
    current()?.querySelector("th a").click();
  }
});

function filter() {
  const sought = find.value.trim().toLowerCase();
  for (const row of document.querySelectorAll("#live-rows tbody tr")) {
    row.hidden = sought !== "" && !row.textContent.toLowerCase().includes(sought);
  }
}

if (find) {
  find.addEventListener("input", filter);
  document.addEventListener("refreshed", filter);
}
