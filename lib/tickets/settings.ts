import { z } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { enqueue } from "../jobs/mod.ts";
import { fieldDefinition } from "./fields.ts";
import { ticketsCloseAll } from "./jobs.ts";
import { selectDesk, writeDesk } from "./store-desk.ts";

const minutes = (most: number) => z.int().min(0).max(most);
const days = z.int().min(0).max(3650);

const FIELDS = 50;

/** How the desk of a workspace works. */
export const deskSettings = z.object({
  auto_assign: z.boolean().meta({
    example: true,
    description: "Give new tickets to an operator who is free and fit",
  }),
  reopen_days: days.meta({
    example: 7,
    description: "A customer's message this long after the solution opens the ticket again; later a new one",
  }),
  close_after_days: days.meta({
    example: 7,
    description: "A resolved ticket closes for good after these days; 0: never by itself",
  }),
  survey: z.boolean().meta({ example: true, description: "Ask the customer after the solution" }),
  survey_after_minutes: minutes(7 * 24 * 60).meta({
    example: 10,
    description: "How long after the solution it is asked",
  }),
  survey_valid_days: z.int().min(1).max(365).meta({
    example: 14,
    description: "Days in which the question can be answered",
  }),
  retention_days: days.meta({
    example: 0,
    description: "Closed tickets are deleted after these days; 0: never",
  }),
  fields: z.array(fieldDefinition).max(FIELDS).superRefine((all, ctx) => {
    const keys = all.map(({ key }) => key);
    keys.forEach((key, at) => {
      if (keys.indexOf(key) !== at) {
        ctx.addIssue({ code: "custom", path: [at, "key"], message: "is the key of another field" });
      }
    });
  }).meta({
    example: [{ key: "modelo", label: "Modelo", type: "text", required: false, options: [] }],
    description: "Custom fields of tickets; the list replaces the one before",
  }),
});
export type DeskSettings = z.output<typeof deskSettings>;

export const deskChange = deskSettings.partial();
export type DeskChange = z.input<typeof deskChange>;

const DEFAULTS: DeskSettings = {
  auto_assign: true,
  reopen_days: 7,
  close_after_days: 7,
  survey: true,
  survey_after_minutes: 10,
  survey_valid_days: 14,
  retention_days: 0,
  fields: [],
};

/** What is stored was checked when it was set, so it is taken as it is: this runs for every ticket. */
export function settingsOf(stored: Record<string, unknown> | undefined): DeskSettings {
  return { ...DEFAULTS, ...stored as Partial<DeskSettings> | undefined };
}

export async function getDesk(ctx: Ctx): Promise<DeskSettings> {
  requireScope(ctx, "tickets:read");
  return settingsOf(await selectDesk(ctx));
}

/** Changes the given settings of the desk. Values of a field that is taken out stay on the tickets that have them. */
export async function setDesk(ctx: Ctx, given: DeskChange): Promise<DeskSettings> {
  requireScope(ctx, "business:write");
  const change = deskChange.parse(given);
  return await ctx.transact(async (tx) => {
    const before = await selectDesk(tx);
    const stored = { ...before, ...change };
    await writeDesk(tx, stored);
    if (closesSooner(settingsOf(before), settingsOf(stored))) {
      await enqueue(tx, ticketsCloseAll, { after: null });
    }
    const detail = { fields: Object.keys(change) };
    await emit(tx, { type: "ticket_settings.changed", subjectId: tx.workspaceId, data: detail });
    await audit(tx, { action: "ticket_settings.change", subjectId: tx.workspaceId, detail });
    return settingsOf(stored);
  });
}

/** What was resolved before has a timer of the days of then, or none. */
function closesSooner(
  { close_after_days: before }: DeskSettings,
  { close_after_days: after }: DeskSettings,
): boolean {
  return after > 0 && (before === 0 || after < before);
}
