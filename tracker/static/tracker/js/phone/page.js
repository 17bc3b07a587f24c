// The page itself: the line at the top, the last entries, the buttons for one thumb. Draws what it is
// given; what a press means is decided elsewhere.

const SIGNS = {
  "convoy.departed": "moving",
  "convoy.arrived_at": "stophere",
  "convoy.held": "held",
  "convoy.cleared": "check",
  "convoy.arrived": "arrived",
  "convoy.night_stop": "held",
  "convoy.took_cover": "held",
  "convoy.sent_back": "turned",
  "convoy.turned_back": "turned",
  "contact.made": "says",
  note: "says",
  "": "phone",
};
const DIRECTED = new Set(["moving", "turned"]);
const SVG = "http://www.w3.org/2000/svg";
const SHORT = 5;

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

export function sign(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", DIRECTED.has(name) ? "g flip" : "g");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#g-${name}`);
  svg.append(use);
  return svg;
}

function signOf(kind) {
  if (kind.startsWith("people.")) return "people";
  return SIGNS[kind] || "alarm";
}

export function makePage({ words, press }) {
  const { say } = words;
  const find = (name) => document.querySelector(`[data-${name}]`);
  const [chip, place, standing, list] = ["chip", "place", "standing", "list"].map(find);
  const [toast, parts, acts, all] = ["toast", "parts", "acts", "all"].map(find);
  const drawn = new Map();
  let isLong = false;

  // Only what changed is drawn anew: a finger or a screen reader may be on it.
  function once(name, facts, draw) {
    const key = JSON.stringify(facts);
    if (drawn.get(name) === key) return;
    drawn.set(name, key);
    draw();
  }

  function drawChip({ state, sign: name, text, more, signIn }) {
    once("chip", { state, text, more, signIn }, () => {
      chip.dataset.q = state;
      chip.querySelector("use").setAttribute("href", `#g-${name}`);
      const [label, small, link] = [...chip.children].slice(1);
      label.textContent = text;
      small.textContent = more || "";
      small.hidden = !more;
      link.hidden = !signIn;
      if (signIn) link.href = signIn;
    });
  }

  function drawHead({ code, title, lines }) {
    once("head", { code, title, lines }, () => {
      const known = code ? [make("span", { class: "code q" }, code), " ", title] : [title];
      place.replaceChildren(...known);
      standing.textContent = lines.join(" ");
    });
  }

  function button(action, name, text, id) {
    const node = make("button", { class: name, type: "button", "data-do": action, "data-id": id });
    node.textContent = text;
    return node;
  }

  function needs(item, text) {
    const row = make("li", { class: "bad", "data-entry": item.id });
    row.append(make("time", { class: "num" }, item.clock), sign("alarm"));
    row.append(make("div", {}, make("b", {}, text)), make("p", { class: "sm" }, item.reason));
    const ways = item.ways.map(([way, label]) => {
      const quiet = way === "correct" || way === "again" ? "" : " quiet";
      return button(way, `btn small${quiet}`, label, item.id);
    });
    if (ways.length) row.append(make("div", { class: "do" }, ...ways));
    return row;
  }

  function entry(item) {
    if (item.state === "needs") return needs(item, item.text);
    const row = make("li", { "data-entry": item.id }, make("time", { class: "num" }, item.clock));
    const [look, said] = item.mark;
    const text = make("span", {}, item.text);
    if (item.hint) text.append(make("small", {}, item.hint));
    row.append(sign(signOf(item.kind)), text, make("span", { class: look }, said));
    return row;
  }

  function drawList(items) {
    // What needs the person comes first, however old.
    const needing = items.filter((each) => each.state === "needs");
    const others = items.filter((each) => each.state !== "needs");
    const shown = [...needing, ...(isLong ? others : others.slice(0, SHORT))];
    once("list", shown, () => {
      const focused = document.activeElement && document.activeElement.dataset;
      const rows = shown.map(entry);
      const empty = make("li", { class: "none" }, say("none-yet"));
      list.replaceChildren(...(rows.length ? rows : [empty]));
      if (focused && focused.id) {
        const same = list.querySelector(`[data-id="${focused.id}"][data-do="${focused.do}"]`);
        if (same) same.focus();
      }
    });
    all.hidden = items.length <= SHORT;
  }

  function thumb(act, name, extra = "") {
    const node = make("button", { class: `thumb ${extra}`.trim(), type: "button", "data-act": act });
    node.append(sign(name), make("span", {}, say(labelOf(act))));
    return node;
  }

  let isHeld = false;
  function labelOf(act) {
    if (act === "convoy.held" && isHeld) return "still";
    if (act === "convoy.arrived_at") return "arrived-here";
    return act === "people.counted" ? "headcount" : act;
  }

  function drawActs(kinds, held) {
    isHeld = held;
    once("acts", [kinds, held], () => {
      const first = kinds.length === 2;
      const buttons = kinds.map((kind, at) => thumb(kind, signOf(kind), first && at === 0 ? "first" : ""));
      if (!kinds.includes("people.counted")) buttons.push(thumb("headcount", "people"));
      acts.replaceChildren(...buttons, thumb("problem", "alarm", "prob"));
    });
  }

  function showToast(text, id) {
    const ways = [button("add", "btn", say("add"), id), button("undo", "btn", say("undo"), id)];
    toast.replaceChildren(make("b", {}, text), ...(id ? ways : []));
    toast.hidden = false;
    parts.hidden = true;
  }

  function hideToast() {
    if (toast.hidden) return;
    toast.hidden = true;
    parts.hidden = false;
  }

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-act], [data-do]");
    if (!pressed) return;
    if (pressed.dataset.act) press.act(pressed.dataset.act);
    else press[pressed.dataset.do](pressed.dataset.id, pressed);
  });
  all.addEventListener("click", () => {
    isLong = !isLong;
    all.setAttribute("aria-expanded", String(isLong));
    press.redraw();
  });

  return {
    drawChip,
    drawHead,
    drawList,
    drawActs,
    showToast,
    hideToast,
    part: () => document.querySelector('[name="part"]:checked').value,
  };
}
