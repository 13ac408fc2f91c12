export { chart, type ChartName, CHARTS, type ChartView } from "./charts.ts";
export { dashboardsConsumer } from "./consumer.ts";
export { type Gauges, gauges, overview, type OverviewView } from "./overview.ts";
export { type PeriodQuery } from "./period.ts";
export { followGauges } from "./real-time.ts";
export * from "./schemas.ts";
export { dashboardTools } from "./tools.ts";
