export {
  type Budget,
  type BudgetRefusal,
  type BudgetSubject,
  checkBudget,
  type Reservation,
  reserveCall,
} from "./budget.ts";
export { forgetUsageSubject, pruneUsageCounters } from "./forget.ts";
export { noteUsage, recordUsage, type UsageEntry } from "./record.ts";
export { type UsageSummary, usageSummary, type UsageTotals } from "./summary.ts";
export { usageTools } from "./tools.ts";
export { usageView } from "./view.ts";
