export { LOAD_CURVES } from "./curves.ts";
export {
  type Bounds,
  type LaneSample,
  type LaneScale,
  SCALE_RULE,
  scaleLane,
  type ScaleRule,
  startScale,
} from "./policy.ts";
export { type LoadCurve, simulate, type Simulated, type SimulationOptions } from "./simulate.ts";
