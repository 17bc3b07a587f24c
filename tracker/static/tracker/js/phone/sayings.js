// What a person reads of an entry and of the convoy, put together from the words of the page.

// `shown(item)`: the moment of an entry by the clock that the list follows.
export function makeSayings({ words, road, status, shown }) {
  const { say } = words;

  function textOf(item) {
    const { people = null, title } = item.readable || item;
    if (item.kind.startsWith("people.")) return say(item.kind, { people: words.number(people) });
    const text = item.text || title || (item.kind ? say(item.kind) : "");
    if (!text) return say("entry", { n: words.number(item.seq) });
    return people === null ? text : `${text}, ${words.count("people", people)}`;
  }

  function saying(kind) {
    if (kind === "convoy.held" && road.isHeld()) return say("still");
    const { next } = road.place();
    if (kind === "convoy.arrived_at" && next) return say("reached", { place: next.name });
    return say(kind);
  }

  function fullText(item) {
    const part = item.part && item.part !== "whole" ? say(item.part) : "";
    return [textOf(item), part, words.time(shown(item))].filter(Boolean).join(", ");
  }

  function reasonOf(item) {
    if (item.status) return say("stays", { why: say("declined", { status: item.status }) });
    if (!item.problems) return say("sign-in-to-read");
    const why = item.problems.join(" ") || say("unreadable");
    return say("stays", { why });
  }

  function waysOf(item) {
    const ways = [];
    if (item.readable) ways.push(["correct", say("correct")]);
    if (item.readable && item.readable.asks) ways.push(["confirm", say("right")]);
    if (item.status) ways.push(["again", say("again")]);
    if (item.problems) ways.push(["drop", say("drop")]);
    return ways;
  }

  function line(item) {
    const seconds = item.undoUntil ? Math.ceil((item.undoUntil - performance.now()) / 1000) : 0;
    const drawn = { id: item.id, kind: item.kind, state: item.state, text: textOf(item) };
    Object.assign(drawn, { clock: words.time(shown(item)), hint: item.hint });
    if (item.state !== "needs") return { ...drawn, mark: status.mark(item, seconds) };
    return { ...drawn, reason: reasonOf(item), ways: waysOf(item) };
  }

  function standing(latest) {
    if (!road.own()) return [say("go-on"), say("sealed")];
    if (latest && !road.isTold()) return [say("last", { what: latest.what, time: latest.time })];
    const { state, since, due } = road.own();
    const at = (moment) => words.time(Date.parse(moment));
    const next = due ? say("due", { time: at(due) }) : "";
    return [since ? say("state", { what: state, time: at(since) }) : state, next].filter(Boolean);
  }

  function head(latest) {
    const own = road.own();
    const { at, next } = road.place();
    const place = at ? at.name : next ? say("to", { place: next.name }) : "";
    if (own) return { code: own.code, title: place, lines: standing(latest) };
    const title = say(road.convoys().length > 1 ? "no-convoy" : "convoy");
    return { code: "", title, lines: standing(latest) };
  }

  return { textOf, saying, fullText, reasonOf, line, head };
}
