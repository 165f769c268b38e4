// Reads server-sent events and follows a run to its end, over any number of connections.

/** Parse a response body as server-sent events: yields {event, id, data}. */
export async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let message = { event: "", id: "", data: [] };
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      // A CR at the end may be half of a CRLF: it waits for what follows.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === "") {
          if (message.data.length) yield { ...message, data: message.data.join("\n") };
          message = { event: "", id: message.id, data: [] };
        } else if (!line.startsWith(":")) {
          const colon = line.indexOf(":");
          const field = colon < 0 ? line : line.slice(0, colon);
          const text = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
          if (field === "data") message.data.push(text);
          else if (field === "event" || field === "id") message[field] = text;
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** A refusal of the server: its problem document. */
export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail ?? "The server refused the request.");
    this.problem = problem;
  }
}

async function open(url, options) {
  const response = await fetch(url, options);
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({ status: response.status }));
  throw new Refusal(problem);
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Ask a question through LangServe and give every event of its run once, in order, until `end`.
 * A broken connection is resumed from the last event seen; `onTrouble` hears of it.
 */
export async function* ask(input, { onTrouble = () => {} } = {}) {
  let seen = 0;
  let runId = null;
  let response = await open("/analyst/stream", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ input }),
  });
  for (let attempt = 0; attempt < 8; ) {
    try {
      for await (const { event, data } of readEvents(response.body)) {
        if (event === "metadata" || !data) continue;
        const item = JSON.parse(data);
        if (!item.seq || item.seq <= seen) continue;
        seen = item.seq;
        attempt = 0;
        onTrouble(null);
        if (item.type === "run") runId = item.run_id;
        yield item;
        if (item.type === "end") return;
      }
    } catch (fault) {
      if (fault instanceof Refusal) throw fault;
    }
    if (!runId) break;
    onTrouble("Connection lost. Reconnecting…");
    await wait(Math.min(8000, 250 * 2 ** attempt++) * (0.75 + Math.random() / 2));
    try {
      response = await open(`/api/runs/${runId}/events`, { headers: { "Last-Event-ID": `${runId}-${seen}` } });
    } catch (fault) {
      if (fault instanceof Refusal) throw fault;
      response = new Response("");
    }
  }
  throw new Error("The connection was lost. The answer goes on: reload to read it.");
}
