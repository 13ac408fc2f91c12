import { z } from "@hono/zod-openapi";
import { contract, jsonAnswer, pageOf, problems } from "../router.ts";

const backup = z.object({
  id: z.string().openapi({ example: "bak_01kabcdefghjkmnpqrstvwxyz0" }),
  reason: z.enum(["daily", "manual", "migration"]).openapi({ example: "manual" }),
  created_at: z.iso.datetime().openapi({ example: "2026-01-05T09:30:00.000Z" }),
  version: z.string().openapi({ example: "0.1.0", description: "Of the program that made it" }),
  database_bytes: z.number().int().openapi({ example: 1_048_576 }),
  sha256: z.string().openapi({
    example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    description: "Of the copy of the database",
  }),
  blobs: z.number().int().nullable().openapi({
    example: 12,
    description: "How many attachments it holds; null when they live in another store",
  }),
  blob_bytes: z.number().int().nullable().openapi({ example: 3_400_000 }),
}).openapi("Backup");

const tags = ["admin"];

export const createBackup = contract({
  method: "post",
  path: "/api/admin/backup",
  operationId: "createBackup",
  summary: "Make a backup of the database and the attachments now",
  description: "Answers when the copy is whole and on the disk; everything goes on meanwhile.",
  tags,
  scope: "platform:write",
  responses: {
    201: jsonAnswer(backup, "The backup"),
    ...problems("conflict", "not_configured", "storage_full"),
  },
});

export const listBackups = contract({
  method: "get",
  path: "/api/admin/backups",
  operationId: "listBackups",
  summary: "The backups, newest first",
  tags,
  scope: "platform:read",
  responses: { 200: jsonAnswer(pageOf(backup), "All of them: a few of each kind are kept") },
});
