import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { asAppError } from "../../../lib/adapters/db/faults.ts";
import { asRemoteError } from "../../../lib/adapters/db/remote-faults.ts";
import { toHranaError } from "../../../lib/adapters/db/hrana-protocol.ts";
import { AppError, isStoreFault } from "../../../lib/kernel/errors.ts";

const PROGRAM = fileURLToPath(new URL("../../support/limited-program.ts", import.meta.url));
const coded = (code: string) => Object.assign(new Error("disk I/O error"), { code });

Deno.test("what a failing disk is told as: storage_failed, on a file and through its owner alike", () => {
  for (
    const code of ["SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_READONLY_DBMOVED", "SQLITE_CANTOPEN"]
  ) {
    const told = asAppError(coded(code));
    assert.ok(told instanceof AppError && told.code === "storage_failed" && isStoreFault(told), code);
    assert.ok((told.retryAfterMs ?? 0) > 0);
    assert.equal(told.status, 503);
    const { code: wire } = toHranaError(told);
    const far = asRemoteError(coded(wire));
    assert.ok(far instanceof AppError && far.code === "storage_failed", wire);
  }
  const other = coded("SQLITE_CONSTRAINT_UNIQUE");
  assert.equal(asAppError(other), other);
});

Deno.test("a disk that really refuses a write loses nothing that was taken, and says storage_failed or storage_full", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cauce-limited-" });
  try {
    const path = join(folder, "a.db");
    // 20 MB a file, and no signal for going past it: write() fails with EFBIG.
    const shell = `trap "" XFSZ; ulimit -f 20000; exec "${Deno.execPath()}" run -A "${PROGRAM}" "${path}"`;
    const { stdout, stderr } = await new Deno.Command("bash", { args: ["-c", shell] }).output();
    const text = new TextDecoder();
    const said = JSON.parse(text.decode(stdout) || `{"code":${JSON.stringify(text.decode(stderr))}}`);
    assert.ok(["storage_failed", "storage_full"].includes(said.code), JSON.stringify(said));
    assert.ok(said.kept > 10 && said.rows === said.kept, JSON.stringify(said));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
