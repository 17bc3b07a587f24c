// The words of the page: they come from its template (so gettext has them), none is written here.

export function readWords(template, lang, zone) {
  const latin = `${lang}-u-nu-latn`;
  const rules = new Intl.PluralRules(lang);
  const number = new Intl.NumberFormat(latin);
  const plain = new Map();
  const counted = new Map();
  for (const node of template.content.querySelectorAll("[data-w]")) {
    const { w, n } = node.dataset;
    if (n === undefined) plain.set(w, node.textContent.trim());
    else counted.set(w, (counted.get(w) || new Map()).set(rules.select(Number(n)), [n, node]));
  }
  // hourCycle, not hour12: 24:05 is no time.
  const shape = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  const clock = new Intl.DateTimeFormat(latin, shape);

  function say(name, values = {}) {
    const text = plain.has(name) ? plain.get(name) : name;
    return text.replace(/%\((\w+)\)s/g, (_, key) => values[key]);
  }

  return {
    say,
    has: (name) => plain.has(name),
    number: (value) => number.format(value),
    time: (ms) => clock.format(new Date(ms)),

    // The template says the phrase for one number of each plural form; the number is put in its place.
    count(name, n) {
      const forms = counted.get(name);
      const [said, node] = forms.get(rules.select(n)) || forms.get("other") || [...forms.values()][0];
      return node.textContent.trim().replace(said, number.format(n));
    },
  };
}
