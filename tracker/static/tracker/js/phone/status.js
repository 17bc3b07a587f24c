// What the line at the top says: what lies on this phone, and what becomes of it.

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
