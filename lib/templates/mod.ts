export { TEMPLATES } from "./registry.ts";
export { templateTools } from "./tools.ts";
