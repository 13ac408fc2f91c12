import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import {
  addMailAddress,
  changeMailAddress,
  listMailAddresses,
  mailAddressChange,
  newMailAddress,
  removeMailAddress,
} from "./addresses.ts";
import { listMails } from "./list.ts";

const one = z.object({ id: z.string().min(1).describe("The address's id") });

/** What an agent, a person at the command line or a workflow can do with mail that comes in. */
export const mailTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "mails.list",
    summary: "Mails that came in and what became of each, the newest first",
    scope: "tickets:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => rows(await listMails(ctx, input)),
  }),
  defineTool({
    name: "mail_addresses.list",
    summary: "The addresses whose mails come to this workspace",
    scope: "channels:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => rows(await listMailAddresses(ctx, input)),
  }),
  defineTool({
    name: "mail_addresses.add",
    summary: "Has the mails to an address come to this workspace; without one, makes one to forward mail to",
    scope: "channels:write",
    destructive: false,
    input: newMailAddress,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await addMailAddress(ctx, input) }),
  }),
  defineTool({
    name: "mail_addresses.change",
    summary: "Changes the team and the category of an address's tickets",
    scope: "channels:write",
    destructive: false,
    input: mailAddressChange.extend(one.shape),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeMailAddress(ctx, input) }),
  }),
  defineTool({
    name: "mail_addresses.remove",
    summary: "Gives an address up: its mails are the default workspace's again",
    scope: "channels:write",
    destructive: true,
    input: one,
    output: z.object({ removed: z.literal(true) }),
    run: async (ctx: Ctx, input) => {
      await removeMailAddress(ctx, input);
      return { removed: true as const };
    },
  }),
];
