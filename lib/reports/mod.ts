export { type Feed, type FeedQuery, readFeed } from "./analytics.ts";
export { catalogue, type CatalogueEntry } from "./catalogue.ts";
export {
  checkReport,
  deleteReport,
  downloadLinked,
  downloadReport,
  expireReports,
  generateReport,
  getReport,
  listReports,
  openReport,
  type ReportFile,
  type ReportView,
  requestReport,
} from "./generate.ts";
export { reportGenerate, reportsExpire } from "./jobs.ts";
export { linkTo as linkToReport } from "./link.ts";
export { NAMED_REPORTS, type NamedReport, namedReport } from "./named.ts";
export { withdrawReports } from "./privacy.ts";
export { reportSchedules } from "./schedules.ts";
export * from "./schemas.ts";
export { reportTools } from "./tools.ts";
export { reportReady } from "./templates.ts";
