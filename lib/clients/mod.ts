export {
  changeClient,
  clientOfPhone,
  type ClientQuery,
  createClient,
  findClient,
  getClient,
  listClients,
  loadClient,
  removeClient,
  standingId,
} from "./clients.ts";
export {
  type ClientContact,
  clientOfContact,
  linkContact,
  listClientContacts,
  onlyContactOf,
  unlinkContact,
} from "./contacts.ts";
export { exportClients } from "./export.ts";
export { type ClientImport, importClients } from "./import.ts";
export { contractState } from "./contract.ts";
export { awaitEndsAnew, warnOfEnd } from "./contract-end.ts";
export type { ClientDetail } from "./detail.ts";
export { clientsContractDays, clientsContractEnds, clientsMerged } from "./jobs.ts";
export { clientTemplates } from "./notices.ts";
export { followMerge, mergeClients } from "./merge.ts";
export { clientsWhoAre, eraseClientOf, exportClientOf } from "./personal.ts";
export type { SiteView } from "./present.ts";
export type { NewClient } from "./schemas.ts";
export { changeClientSettings, type ClientSettingsView, getClientSettings } from "./settings.ts";
export { changeSite, createSite, findSite, getSite, listSites, removeSite } from "./sites.ts";
export type { ClientRow } from "./store.ts";
export { selectSite as siteOf, selectSitesById as sitesById, type SiteRow } from "./store-links.ts";
export { clientTools } from "./tools.ts";
