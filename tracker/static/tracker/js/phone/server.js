// Speaks with the server. Whatever is not a JSON answer of ours (no network, the sign-in page of a
// guest house) counts as no network: status 0.

const PATIENCE_MS = 30000;

export function makeServer(fetch) {
  let csrf = "";

  async function ask(path, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    const request = { method: "GET", cache: "no-store", credentials: "same-origin" };
    request.headers = { Accept: "application/json" };
    if (body) {
      request.method = "POST";
      request.headers["Content-Type"] = "application/json";
      request.headers["X-CSRFToken"] = csrf;
      request.body = JSON.stringify(body);
    }
    try {
      const answer = await fetch(path, { ...request, redirect: "manual", signal: stop.signal });
      const isOurs = (answer.headers.get("Content-Type") || "").includes("json");
      if (answer.ok && !isOurs) return { status: 0, data: {} };
      const data = isOurs ? await answer.json() : {};
      if (data.csrf) csrf = data.csrf;
      return { status: answer.status, data };
    } catch (error) {
      return { status: 0, data: {} };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    ask,
    start: () => ask("/f/start"),
    hasSession: () => csrf !== "",
    forgetSession: () => {
      csrf = "";
    },
  };
}
