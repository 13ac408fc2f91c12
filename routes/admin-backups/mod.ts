import { createBackup, listBackups, toBackupDto } from "../../lib/ops/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const adminBackups = createRouter()
  .openapi(
    contracts.createBackup,
    async (c) => c.json(toBackupDto(await createBackup(c.var.ctx, { reason: "manual" })), 201),
  )
  .openapi(
    contracts.listBackups,
    async (c) => c.json({ data: (await listBackups(c.var.ctx)).map(toBackupDto), next_cursor: null }, 200),
  );
