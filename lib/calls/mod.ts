export { type CallHook, takeCallEvent } from "./hook.ts";
export { type CallImport, importCalls } from "./import.ts";
export { callMissed } from "./jobs.ts";
export { type CallQuery, changeCall, getCall, listCalls, logCall } from "./log.ts";
export { tellMissed } from "./missed.ts";
export { eraseCallsOf, exportCallsOf } from "./personal.ts";
export type { CallView } from "./present.ts";
export { type CallSettingsView, changeCallSettings, getCallSettings, renewCallSecret } from "./settings.ts";
export { callTools } from "./tools.ts";
