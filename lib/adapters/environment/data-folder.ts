import { join } from "node:path";
import type { Config } from "../../config.ts";
import { AppError } from "../../kernel/errors.ts";
import { newSecret } from "../../kernel/ids.ts";

/** Makes the data folder, readable by its owner only. Throws when it can't be written to. */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await Deno.chmod(folder, 0o700);
  } catch (cause) {
    throw new AppError(
      "internal",
      `CAUCE_DATA: ${folder} can't be made or is not ours; name another folder`,
      { cause },
    );
  }
}

/** Whether a file is there. */
export function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

interface GeneratedSecrets {
  readonly jwt_secret: string;
  readonly encryption_key: string;
}

/**
 * Fills in the secrets that are not set, generated once and kept in the data folder. Only in development:
 * production has refused to start without them before this is called.
 */
export async function withSecrets(config: Config): Promise<Config> {
  const { jwtSecrets, encryptionKeys } = config.identity;
  if (jwtSecrets !== null && encryptionKeys !== null) return config;
  const kept = await readOrGenerate(join(config.data.folder, "secrets.json"));
  return {
    ...config,
    identity: {
      ...config.identity,
      jwtSecrets: jwtSecrets ?? [kept.jwt_secret],
      encryptionKeys: encryptionKeys ?? [kept.encryption_key],
    },
  };
}

async function readOrGenerate(path: string): Promise<GeneratedSecrets> {
  const kept = await read(path);
  if (kept !== null) return kept;
  const key = crypto.getRandomValues(new Uint8Array(32));
  const fresh: GeneratedSecrets = {
    jwt_secret: newSecret(48),
    encryption_key: btoa(String.fromCharCode(...key)),
  };
  const draft = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(draft, JSON.stringify(fresh, null, 2), { mode: 0o600, createNew: true });
  try {
    // A link fails when the name is taken, so two processes that start at once end up with one file.
    await Deno.link(draft, path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw thrown;
  } finally {
    await Deno.remove(draft);
  }
  return await read(path) ?? fresh;
}

async function read(path: string): Promise<GeneratedSecrets | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw new AppError(
      "internal",
      `${path} can't be read: mend it, or move it away to have new secrets made`,
      { cause: thrown },
    );
  }
}
