export {
  type Choice,
  type ChoiceRequest,
  chooseOperator,
  type Decision,
  DECISIONS,
  previewChoice,
  toCandidateDto,
  toChoiceDto,
} from "./choose.ts";
export { operatorsDrain, presenceLapse, shiftBegins } from "./jobs.ts";
export { dropLoad, takeLoad } from "./load.ts";
export { findOperator, loadOperator, requireOwnOperator } from "./load-operator.ts";
export {
  changeOperator,
  createOperator,
  getOperator,
  listOperators,
  type OperatorQuery,
  removeOperator,
} from "./operators.ts";
export { type Block, BLOCKS, type Candidate, presenceAt, shiftsOf } from "./policy.ts";
export { lapsePresence, ownOperator, setOwnPresence, setPresence } from "./presence.ts";
export { type OperatorView, type TeamView, viewOf as operatorView } from "./present.ts";
export type { OperatorChange } from "./schemas.ts";
export { beginShift } from "./shifts.ts";
export {
  type OperatorRow,
  selectActiveOperators as activeOperators,
  selectOperatorByHandle as operatorByHandle,
  selectOperatorOfUser as operatorOfUser,
  selectOperatorsById as operatorsById,
} from "./store.ts";
export {
  selectMemberships as teamMembershipsOf,
  selectTeam as findTeam,
  type TeamRow,
} from "./store-teams.ts";
export { changeTeam, createTeam, getTeam, listTeams, removeTeam } from "./teams.ts";
export { operatorTools } from "./tools.ts";
