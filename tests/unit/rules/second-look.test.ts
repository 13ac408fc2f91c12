import assert from "node:assert/strict";
import { jobs } from "../../../db/schema/jobs.ts";
import type { Tx } from "../../../lib/context.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import {
  listRuns,
  rulesSubjectTimer,
  rulesTimer,
  runSubjectTimer,
  runTimer,
} from "../../../lib/rules/mod.ts";
import {
  commentTicket,
  findTicket,
  getTicket,
  hearCustomer,
  openTicket,
  updateTicket,
} from "../../../lib/tickets/mod.ts";
import { reply } from "../../../lib/conversations/mod.ts";
import { cancelVisit } from "../../../lib/visits/mod.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { aheadInGroup, beforeTransaction } from "../../support/turns.ts";
import { inOneGroup } from "../db/note.ts";
import { openDesk } from "./desk.ts";

/** What happens to a ticket just before a rule of time acts on it. */
const DEEDS = {
  resolved: (tx, ticketId) => updateTicket(tx, { ticketId, state: "resolved" }),
  moved: (tx, ticketId) => updateTicket(tx, { ticketId, state: "pending_internal" }),
  renamed: (tx, ticketId) => updateTicket(tx, { ticketId, subject: "Otro" }),
  answered: (tx, ticketId) => commentTicket(tx, { ticketId, text: "Voy", visibility: "public" }),
  noted: (tx, ticketId) => commentTicket(tx, { ticketId, text: "Nota", visibility: "private" }),
  asked: async (tx, id) => {
    const ticket = await findTicket(tx, id);
    assert.ok(ticket !== null);
    await hearCustomer(tx, { ticket, text: "¿Y?", at: tx.now() });
  },
  unfit: (tx, ticketId) => updateTicket(tx, { ticketId, labels: ["aparte"] }),
} as const satisfies Record<string, (tx: Tx, ticketId: string) => Promise<unknown>>;
type Deed = keyof typeof DEEDS;

/** After which of them a ticket is still as it was, by what the rule counts from. */
const STILL = [
  ["opened", ["moved", "renamed", "answered", "noted", "asked"]],
  ["state", ["renamed", "answered", "noted", "asked"]],
  ["customer_waits", ["moved", "renamed", "noted", "asked"]],
  ["customer_silent", ["moved", "renamed", "noted"]],
] as const satisfies readonly (readonly [string, readonly Deed[]])[];

const HOW: Readonly<Record<string, (h: Harness, deed: () => Promise<unknown>) => void>> = {
  "in a commit": (h, deed) => beforeTransaction(h, { number: 1, deed }),
  "in the same group": aheadInGroup,
};

for (const [how, ahead] of Object.entries(HOW)) {
  for (const [mark, still] of STILL) {
    Deno.test(`what happened ${how} just before a rule of ${mark} acts keeps it from acting, where it is so no more`, async () => {
      await using h = await harness();
      const desk = await openDesk(h);
      const inside = h.system.as({ workspaceId: desk.person.workspaceId, actor: systemActor("test") });
      const ruleId = await desk.rule({
        when: { since: mark, minutes: 30, counts: "wall" },
        conditions: { all: [{ field: "ticket.labels", operator: "has_not", value: "aparte" }] },
        actions: [{ type: "add_labels", labels: ["visto"] }],
      });
      const acted: string[] = [];
      for (const [name, deed] of Object.entries(DEEDS)) {
        const { id: ticketId } = await openTicket(desk.person.ctx, { subject: name });
        // It is open, and our word was the last, so that only what is to change it does.
        await updateTicket(desk.person.ctx, { ticketId, state: "open" });
        if (mark === "customer_silent") {
          await commentTicket(desk.person.ctx, { ticketId, text: "¿Sigue?", visibility: "public" });
        }
        await desk.settle();
        const waiting = (await h.system.db.select().from(jobs)).filter((job) => job.name === rulesTimer.name)
          .map(({ payload }) => rulesTimer.schema.parse(payload))
          .findLast((timer) => timer.ruleId === ruleId && timer.ticketId === ticketId);
        assert.ok(waiting !== undefined);
        h.clock.advance(30 * MINUTE);
        ahead(h, () => desk.person.ctx.transact<unknown>((tx) => deed(tx, ticketId)));
        await inOneGroup(() => runTimer(inside, waiting));
        const { labels, subject, state } = await getTicket(desk.person.ctx, { ticketId });
        assert.ok(name !== "resolved" || state === "resolved", "the deed was done");
        assert.ok(name !== "renamed" || subject === "Otro", "the deed was done");
        if (labels.includes("visto")) acted.push(name);
      }
      assert.deepEqual(acted, [...still]);
    });
  }
}

for (const [how, ahead] of Object.entries(HOW)) {
  Deno.test(`a visit that is off, and a conversation that is answered, ${how} just before a rule of it acts is told of to nobody`, async () => {
    await using h = await harness();
    const { person: { ctx, workspaceId }, ...desk } = await openDesk(h);
    const inside = h.system.as({ workspaceId, actor: systemActor("test") });
    const actions = [{ type: "notify" as const, to: ["assignee" as const], subject: "x", message: "x" }];
    await desk.rule({ when: { before: "visit_starts", minutes: 30 }, actions });
    await desk.rule({ when: { since: "conversation_waits", minutes: 30, counts: "wall" }, actions });
    const { id } = await desk.send("POST", "/api/operators", { name: "Ana", email: "ana@aurora.example" });
    const starts_at = new Date(h.clock.now() + 60 * MINUTE).toISOString();
    const visits: string[] = [];
    for (const after of [0, 90]) {
      const begins = new Date(Date.parse(starts_at) + after * MINUTE).toISOString();
      visits.push(
        (await desk.send("POST", "/api/visits", {
          subject: "v",
          operator_id: id,
          starts_at: begins,
          minutes: 30,
        })).id,
      );
    }
    const talks: string[] = [];
    for (const who of ["ana", "luis"]) {
      const talk = await desk.send("POST", "/api/conversations", {
        contact: { external_id: who },
        text: "Hola",
      });
      const conversationId = String(Object(talk)["conversation_id"]);
      await desk.send("POST", `/api/conversations/${conversationId}/takeover`);
      talks.push(conversationId);
    }
    await desk.settle();
    const timers = (await h.system.db.select().from(jobs)).filter(({ name }) =>
      name === rulesSubjectTimer.name
    )
      .map(({ payload }) => rulesSubjectTimer.schema.parse(payload));
    const [off = "", stands = ""] = visits;
    const [answered = "", waits = ""] = talks;
    const run = async (subjectId: string, deed: (tx: Tx) => Promise<unknown>) => {
      const timer = timers.find((one) => one.subjectId === subjectId);
      assert.ok(timer !== undefined);
      ahead(h, () => ctx.transact<unknown>(deed));
      await inOneGroup(() => runSubjectTimer(inside, timer));
      return (await listRuns(ctx, { limit: 10, subject_id: subjectId })).data.length;
    };
    h.clock.advance(30 * MINUTE);
    assert.equal(await run(off, (tx) => cancelVisit(tx, { id: off, reason: "x" })), 0);
    const said = (conversationId: string) => (tx: Tx) => reply(tx, { conversationId, text: "Voy" });
    assert.equal(await run(answered, said(answered)), 0);
    assert.equal(await run(waits, said(answered)), 1, "of another one it is no news");
    h.clock.advance(90 * MINUTE);
    assert.equal(await run(stands, (tx) => reply(tx, { conversationId: answered, text: "Ya" })), 1);
  });
}
