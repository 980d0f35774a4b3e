import { metricPrefix } from "../_metric_prefix.ts";
import { type Panel, panelsOf } from "./panels.ts";

const WIDTH = 12;
const HEIGHT = 8;
/** The version of Grafana's model that this is written for; later ones are migrated to. */
const SCHEMA_VERSION = 39;

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** A Grafana dashboard, as its import takes it. */
export function grafanaDashboard(serviceName: string): Record<string, unknown> {
  const prefix = metricPrefix(serviceName);
  return {
    // Stable, so that a newer one replaces it; Grafana takes at most 40 characters.
    uid: `oprc-${prefix}`.slice(0, 40),
    title: serviceName,
    tags: ["oprc"],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    refresh: "10s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    // One line over all panels where the mouse is.
    graphTooltip: 1,
    templating: {
      list: [
        {
          name: "datasource",
          label: "Data source",
          type: "datasource",
          query: "prometheus",
          current: {},
        },
        {
          name: "instance",
          label: "Instance",
          type: "query",
          datasource: DATASOURCE,
          query: {
            qryType: 1,
            query: `label_values(target_info{service_name=${
              JSON.stringify(serviceName)
            }}, instance)`,
            refId: "instances",
          },
          refresh: 2,
          includeAll: true,
          multi: true,
          allValue: ".*",
          current: { text: "All", value: "$__all" },
        },
      ],
    },
    panels: panelsOf(serviceName).map(grafanaPanel),
  };
}

function grafanaPanel(panel: Panel, index: number): Record<string, unknown> {
  return {
    id: index + 1,
    type: "timeseries",
    title: panel.title,
    description: panel.description,
    datasource: DATASOURCE,
    gridPos: {
      x: (index % 2) * WIDTH,
      y: Math.floor(index / 2) * HEIGHT,
      w: WIDTH,
      h: HEIGHT,
    },
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        min: 0,
        custom: { lineWidth: 1, fillOpacity: 10, showPoints: "never", spanNulls: false },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: "list", placement: "bottom", showLegend: true },
      tooltip: { mode: "multi", sort: "desc" },
    },
    targets: panel.queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode(65 + i),
      datasource: DATASOURCE,
      editorMode: "code",
      exemplar: expr.includes("_duration_seconds_bucket"),
      expr,
      legendFormat: legend,
      range: true,
    })),
  };
}
