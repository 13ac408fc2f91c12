export { actorFrom } from "./actor-from.ts";
export {
  changeUser,
  createUser,
  type CreateUserInput,
  deleteUser,
  listUsers,
  type UserChange,
} from "./admin.ts";
export {
  type ApiKey,
  createApiKey,
  flushKeyUse,
  listApiKeys,
  type NewApiKey,
  revokeApiKey,
} from "./api-keys.ts";
export { authenticate, type Authenticated, type Credentials } from "./authenticate.ts";
export { changePassword, judgePassword, type PasswordVerdict, validatePassword } from "./change-password.ts";
export { ensureFirstAdmin, type FirstAdmin } from "./first-admin.ts";
export {
  acceptInvitation,
  createInvitation,
  type Invitation,
  listInvitations,
  mailInvitationLink,
  revokeInvitation,
} from "./invitations.ts";
export { mailInvitation, mailReset, sweepIdentity } from "./jobs.ts";
export { deriveSecret, deriveSecrets, isDerived } from "./keys.ts";
export { issueLiveTicket, redeemLiveTicket } from "./live-ticket.ts";
export { login, type LoginInput } from "./login.ts";
export { me, type Profile, type ProfileChange, updateProfile, type WrittenProfile } from "./me.ts";
export { changeMemberRole, findMember, listMembers, type Member, removeMember } from "./members.ts";
export { selectMembersBy as findMembers } from "./store-members.ts";
export { type Reader, readersAmong, readersOfRoles } from "./store-readers.ts";
export { refresh } from "./refresh.ts";
export { register, type RegisterInput } from "./register.ts";
export { forgotPassword, mailResetLink, makeResetLink, resetPassword } from "./reset-password.ts";
export { endSession, listSessions, logout, type Session } from "./sessions.ts";
export type { SignedIn, Tokens } from "./sign-in.ts";
export { sweepOver } from "./sweep.ts";
export { identityTools } from "./tools.ts";
export { issueVisitorToken, type Visitor } from "./visitor.ts";
export {
  currentWorkspace,
  defaultWorkspaceId,
  findWorkspace,
  listWorkspaces,
  renameWorkspace,
  type WorkspaceOfUser,
} from "./workspaces.ts";
export { watchStanding } from "./standing.ts";
export { isSignedBy } from "./tokens.ts";
