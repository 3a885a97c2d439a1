/** Monitoring of instances: whether it is on, and how; reference: itcare-product.md, "Backup, DRP, monitoring defaults". */
import * as z from "zod";
import { CHART, graphNames, type GraphName } from "../charts.ts";
import { action, changeReference, reason, type Shape } from "./common.ts";

export const monitoringOptions = z
  .object({
    alertingEnabled: z.boolean().default(false).describe("Anomalies raise an alert"),
    onCallSupervision: z.boolean().default(false).describe("Somebody is called for them outside business hours too, 24/7"),
  })
  .strict();

export const unmonitoredOptions = z
  .object({ noMonitoringReason: reason.describe("Why it goes without monitoring: PRODUCTION does not without one") })
  .strict();

const moment = z.coerce.number().int().min(0).max(32_503_680_000);

const chart = z
  .object({
    "graph-name": z.enum(graphNames as [GraphName, ...GraphName[]]),
    start: moment.optional().describe("Seconds since 1970; absent: a day before `end`"),
    end: moment.optional().describe("Seconds since 1970; absent: now"),
    points: z.coerce
      .number()
      .int()
      .min(1)
      .max(CHART.points)
      .default(CHART.usual)
      .describe("How many; fewer where they would lie closer than a minute"),
  })
  .strict();

export const monitoringShapes = {
  "read-chart": {
    query: chart,
    answer: z
      .record(z.string(), z.record(z.string(), z.record(z.string(), z.array(z.tuple([z.int(), z.number()])))))
      .describe("By id, graph and series: pairs of seconds since 1970 and a value. What was not measured has no pair"),
    status: 200,
  },
  "enable-monitoring-instance": {
    body: z.object({ operation: z.literal("enable_monitoring"), options: monitoringOptions.prefault({}), changeReference }).strict(),
    answer: action,
    status: 202,
  },
  "disable-monitoring-instance": {
    body: z
      .object({
        operation: z.literal("disable_monitoring"),
        options: unmonitoredOptions.prefault({}),
        changeReference,
      })
      .strict(),
    answer: action,
    status: 202,
  },
} as const satisfies Record<string, Shape>;
