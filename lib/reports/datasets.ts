import type { Dataset } from "./dataset.ts";
import { callsDataset } from "./store-calls.ts";
import { slaDataset } from "./store-sla.ts";
import { conversationsDataset } from "./store-conversations.ts";
import { ticketsDataset } from "./store-tickets.ts";
import { visitsDataset } from "./store-visits.ts";

/** Everything that reports can be made of. */
export const DATASETS: Readonly<Record<string, Dataset>> = {
  conversations: conversationsDataset,
  tickets: ticketsDataset,
  calls: callsDataset,
  sla: slaDataset,
  visits: visitsDataset,
};
