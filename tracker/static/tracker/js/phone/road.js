// What is known of the own convoy: only in memory, from the server and from the taps since. After a
// restart without network it knows nothing, and the server works out what "the next one" was.

const STAGE_OF = {
  ASSEMBLING: "waiting",
  MOVING: "moving",
  HELD: "held",
  TURNED_BACK: "moving",
  ARRIVED: "arrived",
};
const STAGE_AFTER = {
  "convoy.departed": "moving",
  "convoy.arrived_at": "held",
  "convoy.held": "held",
  "convoy.cleared": "moving",
  "convoy.took_cover": "held",
  "convoy.night_stop": "held",
  "convoy.sent_back": "moving",
  "convoy.turned_back": "moving",
  "convoy.arrived": "arrived",
};
// Without a place these mean "the next one"; the server knows which. A stop may be anywhere.
const OF_A_CHECKPOINT = new Set(["convoy.arrived_at", "convoy.cleared", "convoy.departed"]);

// The likely next act first, then the other one; headcount and problem always follow.
const ACTS = {
  unknown: ["convoy.arrived_at", "convoy.departed", "convoy.held"],
  waiting: ["convoy.departed", "contact.made"],
  moving: ["convoy.arrived_at", "convoy.held"],
  last: ["convoy.arrived", "convoy.held"],
  held: ["convoy.cleared", "convoy.held"],
  arrived: ["people.counted", "contact.made"],
};

export function makeRoad() {
  let phone = null;
  let convoys = [];
  let context = null;
  let now = { convoy: null, stage: "unknown", at: null, next: null, isTold: false };

  function points() {
    return now.convoy ? now.convoy.checkpoints : [];
  }

  function point(id) {
    return points().find((each) => each.id === id) || null;
  }

  function following(id) {
    const index = points().findIndex((each) => each.id === id);
    return index < 0 ? null : points()[index + 1] || null;
  }

  function stand(convoy) {
    const at = convoy.at || null;
    const stage = convoy.status === "MOVING" && at ? "held" : STAGE_OF[convoy.status] || "unknown";
    now = { convoy, stage, at, next: convoy.next || null, isTold: true };
  }

  function isPast() {
    return now.convoy !== null && points().length > 0 && now.next === null;
  }

  return {
    // `isCurrent`: nothing that the server does not know yet waits on this phone.
    told(start, isCurrent) {
      phone = start.phone || null;
      convoys = start.convoys || [];
      const own = convoys.find((each) => each.is_own) || null;
      context = (own && own.context) || start.context || null;
      const isSame = own && now.convoy && own.id === now.convoy.id;
      if (own && (isCurrent || !isSame || !now.isTold)) stand(own);
      return context;
    },

    recalled(word) {
      context = context || word;
    },

    choose(id) {
      const chosen = convoys.find((each) => each.id === id);
      if (chosen) {
        context = chosen.context || context;
        stand(chosen);
      }
    },

    chooseNext(id) {
      now = { ...now, next: id, at: null };
    },

    snapshot: () => now,
    restore: (before) => {
      now = before;
    },

    acts() {
      return ACTS[now.stage === "moving" && isPast() ? "last" : now.stage];
    },

    // Where an entry of this kind happened, as far as the phone knows.
    subjects(kind) {
      const isMove = OF_A_CHECKPOINT.has(kind) && now.stage !== "waiting";
      const id = kind === "convoy.arrived_at" ? now.next : now.at;
      return {
        phone,
        context,
        convoy: now.convoy ? now.convoy.id : null,
        checkpoint: isMove || now.stage === "held" ? id : null,
        next: isMove && id === null,
      };
    },

    // How the road stands after such an entry; "Still held" leaves the place as it is.
    after(kind) {
      const stage = STAGE_AFTER[kind];
      if (!stage) return;
      const passed = kind === "convoy.cleared" && now.at ? following(now.at) : null;
      if (kind === "convoy.arrived_at") {
        const further = following(now.next);
        now = { ...now, stage, at: now.next, next: further ? further.id : null, isTold: false };
      } else if (kind === "convoy.cleared") {
        now = { ...now, stage, at: null, next: passed ? passed.id : now.next, isTold: false };
      } else {
        now = { ...now, stage, isTold: false };
      }
    },

    nameOf: (id) => (point(id) ? point(id).name : ""),
    convoys: () => convoys,
    own: () => now.convoy,
    checkpoints: points,
    vehicles: () => (now.convoy && now.convoy.vehicles) || [],
    isTold: () => now.isTold,
    isHeld: () => now.stage === "held",
    place: () => ({ at: point(now.at), next: point(now.next) }),
  };
}
