export { changeOperator, deactivateOperator, removeOperator } from "./leave.ts";
export { handoverTools } from "./tools.ts";
