import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { invitations } from "../../db/schema/identity.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { mailInvitationLink } from "../../lib/identity/mod.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { registered } from "../support/people.ts";

const AT = "/api/workspaces/current";

function invite(h: Harness, by: Person, body: unknown) {
  return h.request("POST", `${AT}/invitations`, { token: by.token, body });
}

Deno.test("an invited person registers into the inviting workspace, with the role of the invitation", async () => {
  await using h = await harness();
  const owner = await h.person();
  const { status, body } = await invite(h, owner, { email: "Luis@Example.com", role: "operator" });
  assert.equal(status, 201);
  assert.equal(body.mailed, true);
  assert.ok(body.link.endsWith(body.token));
  const joined = await registered(h, "luis@example.com", { invitation_token: body.token });
  assert.equal(joined.status, 201);
  assert.equal(joined.body.workspace.id, owner.workspaceId);
  assert.equal(joined.body.user.role, "operator");
  const members = await h.request("GET", `${AT}/members`, { token: joined.body.access_token });
  assert.deepEqual(members.body.data.map((member: { role: string }) => member.role), ["owner", "operator"]);
  const again = await registered(h, "luis2@example.com", { invitation_token: body.token });
  assert.equal(again.status, 410);
});

Deno.test("the invitation is mailed by a job, the same link at every attempt, and its token is stored hashed", async () => {
  await using h = await harness({ env: { PUBLIC_URL: "https://cauce.example.com" } });
  const owner = await h.person();
  const { body } = await invite(h, owner, { email: "luis@example.com", role: "member" });
  const [job] = await h.system.db.select().from(jobs).where(eq(jobs.name, "identity.mail_invitation"));
  assert.deepEqual(job?.payload, { invitationId: body.id });
  assert.equal(job?.workspaceId, owner.workspaceId);
  const there = h.system.as({ workspaceId: owner.workspaceId });
  await mailInvitationLink(there, { invitationId: body.id });
  await mailInvitationLink(there, { invitationId: body.id });
  const [first, second] = h.ports.mail.sent;
  assert.deepEqual(first, second);
  assert.ok(first?.text.includes(body.link));
  assert.ok(!JSON.stringify([await h.system.db.select().from(invitations), job]).includes(body.token));
  await mailInvitationLink(h.system.as({ workspaceId: "wsp_other" }), { invitationId: body.id });
  assert.equal(h.ports.mail.sent.length, 2);
});

Deno.test("a signed-in user accepts an invitation to the own address, once, and no one else can", async () => {
  await using h = await harness();
  const owner = await h.person();
  const { body: ana } = await registered(h, "ana@example.com");
  const { body: eve } = await registered(h, "eve@example.com");
  const { body: { token } } = await invite(h, owner, { email: "ana@example.com", role: "admin" });
  const accept = (by: string) => h.request("POST", "/api/invitations/accept", { token: by, body: { token } });
  assert.equal((await accept(eve.access_token)).status, 403);
  const accepted = await accept(ana.access_token);
  assert.equal(accepted.status, 200);
  assert.equal(accepted.body.id, owner.workspaceId);
  assert.equal(accepted.body.role, "admin");
  assert.equal((await accept(ana.access_token)).status, 410);
  const mine = await h.request("GET", "/api/workspaces", { token: ana.access_token });
  assert.deepEqual(mine.body.data.map(({ id }: { id: string }) => id), [ana.workspace.id, owner.workspaceId]);
  const there = await h.request("GET", AT, {
    token: ana.access_token,
    headers: { "x-workspace-id": owner.workspaceId },
  });
  assert.equal(there.body.id, owner.workspaceId);
});

Deno.test("an invitation ends after seven days, when withdrawn, and when another takes its place", async () => {
  await using h = await harness();
  const owner = await h.person();
  const first = await invite(h, owner, { email: "luis@example.com", role: "member" });
  const second = await invite(h, owner, { email: "luis@example.com", role: "member" });
  const use = (token: string) => registered(h, "luis@example.com", { invitation_token: token });
  assert.equal((await use(first.body.token)).status, 410);
  assert.equal(
    (await h.request("DELETE", `${AT}/invitations/${second.body.id}`, { token: owner.token })).status,
    204,
  );
  assert.equal((await use(second.body.token)).status, 410);
  const third = await invite(h, owner, { email: "luis@example.com", role: "member" });
  h.clock.advance(7 * 86_400_000);
  assert.equal((await use(third.body.token)).status, 410);
});

Deno.test("nobody invites, promotes or removes above the own role", async () => {
  await using h = await harness();
  const owner = await h.person();
  const { workspaceId } = owner;
  const admin = await h.person({ role: "admin", workspaceId });
  const operator = await h.person({ role: "operator", workspaceId });
  const member = await h.person({ role: "member", workspaceId });
  assert.equal((await invite(h, admin, { email: "x@example.com", role: "owner" })).status, 403);
  assert.equal((await invite(h, operator, { email: "x@example.com", role: "member" })).status, 403);
  const change = (by: Person, of: Person, role: string) =>
    h.request("PATCH", `${AT}/members/${of.userId}`, { token: by.token, body: { role } });
  assert.equal((await change(admin, admin, "owner")).status, 403);
  assert.equal((await change(admin, owner, "member")).status, 403);
  assert.equal((await change(member, member, "admin")).status, 403);
  assert.equal((await change(admin, operator, "admin")).status, 200);
  assert.equal(
    (await h.request("DELETE", `${AT}/members/${owner.userId}`, { token: admin.token })).status,
    403,
  );
  assert.equal(
    (await h.request("DELETE", `${AT}/members/${member.userId}`, { token: admin.token })).status,
    204,
  );
});

Deno.test("the last owner can't be demoted, removed or leave; with a second owner it works", async () => {
  await using h = await harness();
  const owner = await h.person();
  const member = await h.person({ role: "member", workspaceId: owner.workspaceId });
  const change = (of: Person, role: string) =>
    h.request("PATCH", `${AT}/members/${of.userId}`, { token: owner.token, body: { role } });
  assert.equal((await change(owner, "member")).status, 409);
  assert.equal(
    (await h.request("DELETE", `${AT}/members/${owner.userId}`, { token: owner.token })).status,
    409,
  );
  assert.equal((await change(member, "owner")).status, 200);
  assert.equal(
    (await h.request("DELETE", `${AT}/members/${owner.userId}`, { token: owner.token })).status,
    204,
  );
  assert.equal((await h.request("GET", `${AT}/members`, { token: owner.token })).status, 403);
});

Deno.test("of two owners who demote each other at once one stays", async () => {
  await using h = await harness();
  const a = await h.person();
  const b = await h.person({ role: "owner", workspaceId: a.workspaceId });
  const demote = (by: Person, of: Person) =>
    h.request("PATCH", `${AT}/members/${of.userId}`, { token: by.token, body: { role: "member" } });
  await Promise.all([demote(a, b), demote(b, a)]);
  const answers = await Promise.all([a, b].map(({ token }) => h.request("GET", "/api/auth/me", { token })));
  assert.deepEqual(answers.map(({ body }) => body.role).filter((role: string) => role === "owner").length, 1);
});

Deno.test("a member leaves without asking; another workspace's members and invitations are 404", async () => {
  await using h = await harness();
  const ours = await h.person();
  const member = await h.person({ role: "member", workspaceId: ours.workspaceId });
  const theirs = await h.person();
  const { body } = await invite(h, theirs, { email: "x@example.com", role: "member" });
  for (
    const [method, path, data] of [
      ["PATCH", `${AT}/members/${theirs.userId}`, { role: "member" }],
      ["DELETE", `${AT}/members/${theirs.userId}`, undefined],
      ["DELETE", `${AT}/invitations/${body.id}`, undefined],
    ] as const
  ) {
    assert.equal(
      (await h.request(method, path, { token: ours.token, body: data })).status,
      404,
      `${method} ${path}`,
    );
  }
  const list = async (path: string, token: string) =>
    (await h.request("GET", path, { token })).body.data.length;
  assert.equal(await list(`${AT}/invitations`, ours.token), 0);
  assert.equal(await list(`${AT}/members`, theirs.token), 1);
  assert.equal(
    (await h.request("DELETE", `${AT}/members/${member.userId}`, { token: member.token })).status,
    204,
  );
  assert.equal(await list(`${AT}/members`, ours.token), 1);
});

Deno.test("the list of members is paged without a gap", async () => {
  await using h = await harness();
  const owner = await h.person();
  for (let i = 0; i < 5; i++) await h.person({ role: "member", workspaceId: owner.workspaceId });
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const more: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await h.request("GET", `${AT}/members?limit=2${more}`, { token: owner.token });
    seen.push(...body.data.map((member: { user_id: string }) => member.user_id));
    cursor = body.next_cursor;
  }
  assert.equal(new Set(seen).size, 6);
  assert.equal(seen.length, 6);
  assert.equal((await h.request("GET", `${AT}/members?cursor=nonsense`, { token: owner.token })).status, 422);
});

Deno.test("only the owner renames the workspace", async () => {
  await using h = await harness();
  const owner = await h.person();
  const admin = await h.person({ role: "admin", workspaceId: owner.workspaceId });
  const rename = (by: Person) => h.request("PATCH", AT, { token: by.token, body: { name: "Río" } });
  assert.equal((await rename(admin)).status, 403);
  assert.equal((await rename(owner)).body.name, "Río");
});
