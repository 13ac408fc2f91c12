import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineFunction, type TaskFunction } from "../kernel/define-function.ts";
import { AppError } from "../kernel/errors.ts";
import { readAll } from "../ports/blobs.ts";

const SEGMENT = "[A-Za-z0-9_-][A-Za-z0-9_.-]*";
/** A file of the workspace, by its folders and its name. */
export const filePath = z.string().max(300).regex(
  new RegExp(`^${SEGMENT}(/${SEGMENT})*$`),
  "must be like reports/june.csv: letters, digits, _ . - and /",
);
const MAX_BYTES = 4 * 1024 * 1024;
const MOST_FILES = 1000;

const common = { workerType: "IO_INTENSIVE" } as const;
/** What was written where. */
export const fileWritten = z.object({ path: z.string(), bytes: z.number() });

/** Files of the workspace: below this nobody else's can be named. */
export function folderOf(ctx: Ctx): string {
  return `${ctx.workspaceId}/files/`;
}

export const fileFunctions: readonly TaskFunction<Ctx>[] = [
  defineFunction({
    ...common,
    name: "file.write",
    summary: "Writes a text into a file of the workspace, in place of what was there",
    args: z.object({ path: filePath, text: z.string().max(MAX_BYTES) }),
    result: fileWritten,
    examples: [{
      args: { path: "notes/hola.txt", text: "hola" },
      result: { path: "notes/hola.txt", bytes: 4 },
    }],
    run: async ({ path, text }, { ctx }) => {
      const bytes = new TextEncoder().encode(text);
      const { size } = await ctx.ports.blobs.put(`${folderOf(ctx)}${path}`, bytes, { maxBytes: MAX_BYTES });
      return { path, bytes: size };
    },
  }),
  defineFunction({
    ...common,
    name: "file.read",
    summary: "The text of a file of the workspace",
    args: z.object({ path: filePath }),
    result: z.string(),
    examples: [{ args: { path: "notes/hola.txt" }, result: "hola" }],
    run: async ({ path }, { ctx }) => {
      const found = await ctx.ports.blobs.get(`${folderOf(ctx)}${path}`);
      if (found === null) throw new AppError("not_found", `There is no file "${path}" in this workspace`);
      if (found.size > MAX_BYTES) {
        await found.body.cancel();
        throw new AppError(
          "payload_too_large",
          `"${path}" has ${found.size} bytes: at most ${MAX_BYTES} are read`,
        );
      }
      return new TextDecoder().decode(await readAll(found.body));
    },
  }),
  defineFunction({
    ...common,
    name: "file.list",
    summary: "The files of the workspace below a folder, up to 1,000",
    args: z.object({ folder: filePath.optional() }),
    result: z.array(fileWritten),
    examples: [{ args: { folder: "notes" }, result: [{ path: "notes/hola.txt", bytes: 4 }] }],
    run: async ({ folder }, { ctx }) => {
      const root = folderOf(ctx);
      const files: z.output<typeof fileWritten>[] = [];
      for await (
        const { key, size } of ctx.ports.blobs.list(`${root}${folder === undefined ? "" : `${folder}/`}`)
      ) {
        files.push({ path: key.slice(root.length), bytes: size });
        if (files.length >= MOST_FILES) break;
      }
      return files;
    },
  }),
  defineFunction({
    ...common,
    name: "file.delete",
    summary: "Deletes a file of the workspace; one that is not there is as good as deleted",
    args: z.object({ path: filePath }),
    result: z.object({ path: z.string() }),
    examples: [{ args: { path: "notes/hola.txt" }, result: { path: "notes/hola.txt" } }],
    run: async ({ path }, { ctx }) => {
      await ctx.ports.blobs.delete(`${folderOf(ctx)}${path}`);
      return { path };
    },
  }),
];
