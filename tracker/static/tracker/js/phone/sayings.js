// What a person reads of the queue, of an entry and of the convoy, from the words of the page.

// The line at the top: what lies on this phone, and what becomes of it.
export function makeStatus(words) {
  const { say, count, time } = words;
  const net = { state: "", since: 0, signIn: "", sentAt: 0, text: "", total: 0 };

  // "Sending 2 of 3": of all that waited since the line was last empty.
  function progress(left) {
    net.total = Math.max(net.total, left);
    return say("sending", { one: words.number(net.total - left + 1), all: words.number(net.total) });
  }

  function kept(left) {
    if (net.state === "offline") {
      const more = say("since", { time: time(net.since) });
      const text = left ? `${say("offline")} ${count("kept", left)}` : say("offline");
      return { state: "offline", sign: "phone", text, more };
    }
    if (net.state === "sign-in") {
      const text = left ? count("kept", left) : say("nothing");
      return { state: left ? "offline" : "sent", sign: "phone", text, signIn: net.signIn };
    }
    if (net.state === "refused" || net.state === "full") {
      const why = net.state === "full" ? say("full") : net.text || say("may-not");
      return { state: "offline", sign: "phone", text: left ? count("kept", left) : why, more: left ? why : "" };
    }
    return null;
  }

  return {
    net,

    set(state, at) {
      if (net.state !== state) net.since = at;
      net.state = state;
    },

    line({ needs, left, isHeldBack, hasSent }) {
      const sentAt = net.sentAt ? time(net.sentAt) : "";
      if (!left) net.total = 0;
      if (needs) {
        const more = left ? count("kept", left) : sentAt;
        const signIn = net.state === "sign-in" ? net.signIn : "";
        return { state: "needs", sign: "alarm", text: count("needs", needs), more: signIn ? "" : more, signIn };
      }
      const halted = kept(left);
      if (halted) return halted;
      if (left && isHeldBack) {
        return { state: "waiting", sign: "phone", text: count("kept", left), more: say("no-wait") };
      }
      if (left) return { state: "waiting", sign: "ring", text: progress(left), more: say("no-wait") };
      return { state: "sent", sign: "check", text: say(hasSent ? "all-sent" : "nothing"), more: sentAt };
    },

    // How one entry of the list is marked: the look and the words.
    mark(item, seconds) {
      if (item.state === "sent") return ["sent", say("s-sent")];
      if (seconds > 0) return ["wait", say("seconds", { n: words.number(seconds) })];
      if (item.state === "sending") return ["wait", say("s-sending")];
      if (net.state) return ["held", say("s-kept")];
      return ["wait", say("s-waiting")];
    },
  };
}

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
