/**
 * Draws docs/dashboard.svg: each panel's queries, asked of a real Prometheus that
 * has scraped a made-up service for a minute. Run by hand after a change of panels:
 *
 *     deno run -A observability/testdata/render_dashboard.ts
 */
import { type Panel, panelsOf } from "../_dashboards/panels.ts";
import { setupMetricsServer } from "../metrics_server.ts";
import { dashboardService } from "./dashboard_service.ts";
import { startPrometheus } from "./prometheus.ts";

const SECONDS = 60;
const [WIDTH, HEIGHT, PAD] = [460, 200, 12];
const PLOT = { x: 56, y: 34, w: WIDTH - 72, h: HEIGHT - 86 };
const COLORS = ["#3274d9", "#e0701f", "#37872d", "#c4162a", "#8f3bb8", "#7a7a7a"];

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [time: number, value: number])[];
}

const UNITS: Readonly<Record<Panel["unit"], (value: number) => string>> = {
  bytes: (value) => `${(value / 1048576).toFixed(0)} MiB`,
  cps: (value) => `${round(value)}/s`,
  percentunit: (value) => `${round(value * 100)} %`,
  reqps: (value) => `${round(value)}/s`,
  s: (value) => value < 1 ? `${round(value * 1_000)} ms` : `${round(value)} s`,
  short: (value) => `${round(value)}`,
};

function round(value: number): number {
  return Number(value.toPrecision(2));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

async function linesOf(url: string, panel: Panel, from: number, to: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { expr, legend } of panel.queries) {
    const query = encodeURIComponent(
      expr.replaceAll("$__rate_interval", "5s").replaceAll("$instance", ".*"),
    );
    const range = `query=${query}&start=${from}&end=${to}&step=0.5`;
    const { data } = await (await fetch(`${url}/api/v1/query_range?${range}`)).json();
    for (const { metric, values } of data.result) {
      const name = legend.replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? "")
        .replace("/oaas.package.PackageService/", "").replace(/127\.0\.0\.1:\d+/, "instance 1");
      const points = values.map(([time, text]: [number, string]) => [time, Number(text)])
        .filter(([, value]: [number, number]) => Number.isFinite(value));
      lines.push({ name, points });
    }
  }
  return lines;
}

function draw(panel: Panel, lines: readonly Line[], from: number, to: number): string {
  const top = Math.max(1e-9, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  const x = (time: number) => PLOT.x + PLOT.w * (time - from) / (to - from);
  const y = (value: number) => PLOT.y + PLOT.h * (1 - value / top);
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="4" fill="#fff" stroke="#ddd"/>`,
    `<text x="${PAD}" y="20" font-weight="600">${escape(panel.title)}</text>`,
  ];
  for (const share of [0, 0.5, 1]) {
    const at = y(top * share);
    parts.push(
      `<path d="M${PLOT.x} ${at.toFixed(1)}h${PLOT.w}" stroke="#eee"/>`,
      `<text x="${PLOT.x - 6}" y="${(at + 4).toFixed(1)}" text-anchor="end" fill="#666">${
        UNITS[panel.unit](top * share)
      }</text>`,
    );
  }
  let legendX = PLOT.x;
  let legendY = PLOT.y + PLOT.h + 22;
  lines.forEach(({ name, points }, i) => {
    const color = COLORS[i % COLORS.length];
    const path = points.map(([time, value], n) =>
      `${n === 0 ? "M" : "L"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`
    ).join("");
    parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>`);
    const width = 26 + name.length * 6;
    if (legendX + width > WIDTH - PAD) [legendX, legendY] = [PLOT.x, legendY + 16];
    parts.push(
      `<path d="M${legendX} ${legendY - 4}h12" stroke="${color}" stroke-width="3"/>`,
      `<text x="${legendX + 16}" y="${legendY}" fill="#333">${escape(name)}</text>`,
    );
    legendX += width;
  });
  return parts.join("");
}

const service = dashboardService("package-manager");
await using server = await setupMetricsServer(0, { registry: service.registry });
const targets = [`127.0.0.1:${server.addr.port}`];
await using prometheus = await startPrometheus("prometheus", { targets });
const from = Date.now() / 1_000;
for (let step = 0; step < SECONDS * 5; step++) {
  // A swell, and a bad minute's worth in the middle.
  const swell = 1 + 0.4 * Math.sin(step / 30);
  service.step(Math.abs(step - SECONDS * 3) < 40 ? swell * 2 : swell);
  await new Promise((resolve) => setTimeout(resolve, 200));
}
const to = Date.now() / 1_000;
const panels = panelsOf("package-manager");
const drawn: string[] = [];
for (const [i, panel] of panels.entries()) {
  const [x, y] = [(i % 2) * (WIDTH + PAD), Math.floor(i / 2) * (HEIGHT + PAD)];
  const content = draw(panel, await linesOf(prometheus.url, panel, from + 6, to), from + 6, to);
  drawn.push(`<g transform="translate(${x} ${y})">${content}</g>`);
}
const width = 2 * WIDTH + PAD;
const height = Math.ceil(panels.length / 2) * (HEIGHT + PAD) - PAD;
await Deno.writeTextFile(
  new URL("../docs/dashboard.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `font-family="sans-serif" font-size="11">${drawn.join("\n")}</svg>\n`,
);
