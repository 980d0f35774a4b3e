/**
 * The page that shows the status to a person. It asks for `status.json` every two
 * seconds and needs nothing from elsewhere. What comes from the service is only ever
 * set as text.
 */

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; }
.ok { color: #188038; } .bad { color: #d93025; font-weight: 600; }
td { overflow-wrap: anywhere; }
#note { color: #888; }
`;

const SCRIPT = `
"use strict";
const WINDOW_MS = 60000;
const samples = [];
const at = (id) => document.getElementById(id);
const row = (cells) => {
  const tr = document.createElement("tr");
  for (const [text, kind] of cells) {
    const td = tr.appendChild(document.createElement("td"));
    td.textContent = text;
    if (kind) td.className = kind;
  }
  return tr;
};
const fill = (id, rows, empty) =>
  at(id).replaceChildren(...(rows.length > 0 ? rows : [row([[empty]])]));
const number = (value) => value >= 100 ? value.toFixed(0) : value.toPrecision(3);
const rate = (value) => value === 0 ? "0" : number(value);
const time = (seconds) => seconds === undefined ? "" :
  seconds === Infinity ? "more" :
  seconds < 1 ? number(seconds * 1000) + " ms" : number(seconds) + " s";
const bytes = (value) => (value / 1048576).toFixed(1) + " MiB";

// As histogram_quantile does it: evenly spread within a bucket.
const quantile = (q, counts, bounds) => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let below = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] > 0 && below + counts[i] >= q * total) {
      if (i === bounds.length) return Infinity;
      const from = i === 0 ? 0 : bounds[i - 1];
      return from + (bounds[i] - from) * (q * total - below) / counts[i];
    }
    below += counts[i];
  }
};

const show = (status) => {
  samples.push(status);
  while (samples.length > 2 && samples[0].time < status.time - WINDOW_MS) samples.shift();
  const first = samples[0];
  const key = (m) => m.service + " " + m.method;
  const before = new Map(samples.length > 1 ? first.methods.map((m) => [key(m), m]) : []);
  const seconds = (status.time - first.time) / 1000;
  const well = Object.values(status.health).every((report) => report.ok);
  at("name").textContent = status.services.join(", ") || "service";
  document.title = (well ? "" : "! ") + at("name").textContent;
  const word = status.draining ? "draining" : well ? "healthy" : "not healthy";
  at("state").textContent = word;
  at("state").className = well ? "ok" : "bad";
  fill("health", Object.entries(status.health).flatMap(([kind, report]) =>
    report.checks.map((check) => row([
      [kind], [check.name], [check.ok ? "ok" : "failing", check.ok ? "ok" : "bad"],
      [check.error || ""], [check.durationMs.toFixed(0) + " ms", "n"],
    ]))), "no checks");
  fill("methods", status.methods.map((method) => {
    const past = before.get(key(method));
    const since = (name) => method[name] - (past ? past[name] : 0);
    const span = past ? seconds : 0;
    // Until there are two samples, the percentiles are those since the start.
    const moved = past && since("requests") > 0;
    const counts = method.counts.map((count, i) => count - (moved ? past.counts[i] : 0));
    return row([
      [method.method], [String(method.requests), "n"],
      [span > 0 ? rate(since("requests") / span) : "", "n"],
      [span > 0 ? rate(since("errors") / span) : "", since("errors") > 0 && span > 0 ? "n bad" : "n"],
      [String(method.active), "n"],
      ...[0.5, 0.9, 0.99].map((q) => [time(quantile(q, counts, method.bounds)), "n"]),
    ]);
  }), "no requests yet");
  const p = status.process;
  const cpu = "process_cpu_seconds_total";
  fill("process", [
    ["Resident memory", p.process_resident_memory_bytes, bytes],
    ["Heap in use", p.process_heap_used_bytes, bytes],
    ["Open files", p.process_open_fds, String],
    ["Processors in use", seconds > 0 ? (p[cpu] - first.process[cpu]) / seconds : NaN, number],
    ["Up for", Date.now() / 1000 - p.process_start_time_seconds, (s) => (s / 60).toFixed(1) + " min"],
  ].filter(([, value]) => Number.isFinite(value))
    .map(([name, value, text]) => row([[name], [text(value), "n"]])), "not observed");
  fill("errors", status.errors.map((e) => row([
    [e.time], [e.level, "bad"], [e.target], [e.error ? e.message + ": " + e.error : e.message],
    [e.traceId || ""],
  ])), "none");
  at("note").textContent = "as of " + new Date(status.time).toISOString();
};

const ask = async () => {
  try {
    const response = await fetch("status.json", { cache: "no-store" });
    show(await response.json());
  } catch (error) {
    at("state").textContent = "no answer";
    at("state").className = "bad";
  }
  setTimeout(ask, 2000);
};
ask();
`;

const table = (id: string, title: string, columns: readonly string[]): string =>
  `<h2>${title}</h2><table><thead><tr>${
    columns.map((name) =>
      `<th${name.startsWith("#") ? ' class="n"' : ""}>${name.replace("#", "")}</th>`
    )
      .join("")
  }</tr></thead><tbody id="${id}"></tbody></table>`;

const BODY = `<h1><span id="name"></span> <span id="state" role="status">…</span></h1>${
  table("health", "Health", ["Kind", "Check", "State", "Why", "#Took"])
}${
  table("methods", "Requests, over the last minute", [
    "Method",
    "#In all",
    "#A second",
    "#Errors a second",
    "#Active",
    "#50 %",
    "#90 %",
    "#99 %",
  ])
}${table("process", "Process", ["", "#"])}${
  table("errors", "Recent warnings and errors", ["Time", "Level", "Target", "Message", "Trace"])
}<p id="note"></p>`;

/** The page; only the script that has the `nonce` may run. */
export function statusPage(nonce: string): { readonly html: string; readonly policy: string } {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">` +
    `<title>status</title><style nonce="${nonce}">${STYLE}</style></head>` +
    `<body>${BODY}<script nonce="${nonce}">${SCRIPT}</script></body></html>\n`;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
    "connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'";
  return { html, policy };
}
