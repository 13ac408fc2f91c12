/** What may be done, as `resource:action`. Roles and API keys are sets of these. */
export const SCOPES = [
  "workspace:read",
  "workspace:write",
  "members:read",
  "members:write",
  "api_keys:read",
  "api_keys:write",
  "business:read",
  "business:write",
  "channels:read",
  "channels:write",
  "contacts:read",
  "contacts:write",
  "conversations:read",
  "conversations:write",
  "knowledge:read",
  "knowledge:write",
  "ai:use",
  "usage:read",
  "jobs:read",
  "jobs:write",
  "events:read",
  "audit:read",
  "cache:read",
  "cache:write",
  "chat:visit",
  "platform:read",
  "platform:write",
] as const;

export type Scope = typeof SCOPES[number];

const PLATFORM: readonly Scope[] = ["platform:read", "platform:write"];
const owner = SCOPES.filter((scope) => !PLATFORM.includes(scope) && scope !== "chat:visit");
const OWNER_ONLY: readonly Scope[] = ["workspace:write"];
const operator: readonly Scope[] = [
  "workspace:read",
  "members:read",
  "business:read",
  "channels:read",
  "contacts:read",
  "contacts:write",
  "conversations:read",
  "conversations:write",
  "knowledge:read",
  "knowledge:write",
  "ai:use",
  "usage:read",
  "jobs:read",
  "events:read",
];
const member: readonly Scope[] = [
  "workspace:read",
  "business:read",
  "conversations:read",
  "contacts:read",
  "knowledge:read",
  "ai:use",
  "events:read",
];

/** The roles of a workspace, from most to least. */
export const ROLES = {
  owner: new Set<Scope>(owner),
  admin: new Set<Scope>(owner.filter((scope) => !OWNER_ONLY.includes(scope))),
  operator: new Set<Scope>(operator),
  member: new Set<Scope>(member),
} as const satisfies Record<string, ReadonlySet<Scope>>;

export type Role = keyof typeof ROLES;
export const ROLE_NAMES = ["owner", "admin", "operator", "member"] as const satisfies readonly Role[];

/** Everything, for the platform's own work and its admin. */
export const ALL_SCOPES: ReadonlySet<Scope> = new Set(SCOPES);
