import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { changeClient, createClient, getClient, listClients, removeClient } from "./clients.ts";
import { linkContact, listClientContacts, unlinkContact } from "./contacts.ts";
import { importClients } from "./import.ts";
import { mergeClients } from "./merge.ts";
import {
  clientChange,
  clientQuery,
  clientSettingsChange,
  contactLink,
  mergeInput,
  newClient,
  newSite,
  siteChange,
} from "./schemas.ts";
import { changeClientSettings, getClientSettings } from "./settings.ts";
import { changeSite, createSite, listSites, removeSite } from "./sites.ts";
import { anything, list, page } from "../kernel/tool-shapes.ts";

const id = { id: z.string().min(1) };
const rows = ({ data, next_cursor }: { data: readonly object[]; next_cursor: string | null }) => ({
  data: data.map((row) => ({ ...row })),
  next_cursor,
});

/** What an agent, a person at the command line or a workflow can do with clients and their sites. */
export const clientTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "clients.find",
    summary: "Clients whose name, tax id, external id, address or number begins so",
    scope: "clients:read",
    destructive: false,
    input: clientQuery.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, input) => rows(await listClients(ctx, input)),
  }),
  defineTool({
    name: "clients.show",
    summary: "One client with its contract",
    scope: "clients:read",
    destructive: false,
    input: z.object(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await getClient(ctx, input) }),
  }),
  defineTool({
    name: "clients.create",
    summary: "Add a client",
    scope: "clients:write",
    destructive: false,
    input: newClient,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await createClient(ctx, input) }),
  }),
  defineTool({
    name: "clients.change",
    summary: "Change what is given of a client",
    scope: "clients:write",
    destructive: false,
    input: clientChange.extend(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeClient(ctx, input) }),
  }),
  defineTool({
    name: "clients.merge",
    summary: "Make two clients one",
    scope: "clients:write",
    destructive: true,
    input: mergeInput.extend(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await mergeClients(ctx, input) }),
  }),
  defineTool({
    name: "clients.link",
    summary: "Make a contact one of the client's: one that is known, or whoever has the phone or e-mail",
    scope: "clients:write",
    destructive: false,
    input: z.object({ ...contactLink.shape, ...id }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await linkContact(ctx, input) }),
  }),
  defineTool({
    name: "sites.list",
    summary: "Where a client is visited; id is the client's",
    scope: "clients:read",
    destructive: false,
    input: z.object({ ...page.shape, ...id }),
    output: list,
    run: async (ctx: Ctx, input) => rows(await listSites(ctx, input)),
  }),
  defineTool({
    name: "sites.create",
    summary: "Add a place where a client is visited; id is the client's",
    scope: "clients:write",
    destructive: false,
    input: z.object({ ...newSite.shape, ...id }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await createSite(ctx, input) }),
  }),
  defineTool({
    name: "clients.remove",
    summary: "Take a client away; what was done for them stays",
    scope: "clients:write",
    destructive: true,
    input: z.object(id),
    output: anything,
    run: async (ctx: Ctx, input) => {
      await removeClient(ctx, input);
      return { ...input, removed: true };
    },
  }),
  defineTool({
    name: "clients.contacts",
    summary: "The people of a client",
    scope: "clients:read",
    destructive: false,
    input: z.object({ ...page.shape, ...id }),
    output: list,
    run: async (ctx: Ctx, input) => rows(await listClientContacts(ctx, input)),
  }),
  defineTool({
    name: "clients.unlink",
    summary: "Make a contact nobody's; the contact stays",
    scope: "clients:write",
    destructive: false,
    input: z.object({ ...id, contact_id: z.string().min(1) }),
    output: anything,
    run: async (ctx: Ctx, { id, contact_id }) => {
      await unlinkContact(ctx, { id, contactId: contact_id });
      return { contact_id, unlinked: true };
    },
  }),
  defineTool({
    name: "clients.import",
    summary: "Take clients out of CSV; good lines are written, bad ones reported",
    scope: "clients:write",
    destructive: false,
    input: z.object({ csv: z.string().min(1) }),
    output: anything,
    run: async (ctx: Ctx, { csv }) => ({ ...await importClients(ctx, { content: csv }) }),
  }),
  defineTool({
    name: "sites.change",
    summary: "Change what is given of a site",
    scope: "clients:write",
    destructive: false,
    input: siteChange.extend(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeSite(ctx, input) }),
  }),
  defineTool({
    name: "sites.remove",
    summary: "Take a site away; nobody is sent there any more",
    scope: "clients:write",
    destructive: true,
    input: z.object(id),
    output: anything,
    run: async (ctx: Ctx, input) => {
      await removeSite(ctx, input);
      return { ...input, removed: true };
    },
  }),
  defineTool({
    name: "client_settings.show",
    summary: "How long before its end a contract is told of",
    scope: "clients:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => ({ ...await getClientSettings(ctx) }),
  }),
  defineTool({
    name: "client_settings.change",
    summary: "Change what is given of these settings",
    scope: "business:write",
    destructive: false,
    input: clientSettingsChange,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeClientSettings(ctx, input) }),
  }),
];
