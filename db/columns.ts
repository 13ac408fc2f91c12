import { integer, text } from "drizzle-orm/sqlite-core";

/** Prefixed, time-sortable text id (lib/kernel/ids.ts). */
export const id = () => text("id").primaryKey();

/** The tenant. Every index of a tenant's table leads with it. */
export const workspaceId = () => text("workspace_id").notNull();

/** UTC milliseconds. */
export const at = (name: string) => integer(name);
export const createdAt = () => integer("created_at").notNull();

export const flag = (name: string) => integer(name, { mode: "boolean" });
