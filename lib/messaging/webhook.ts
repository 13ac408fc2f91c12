import type { Ctx } from "../context.ts";
import { AppError, notConfigured } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { fromHex, sameSecret } from "../kernel/text.ts";
import { enqueueLate } from "../jobs/mod.ts";
import type { Ports } from "../ports/mod.ts";
import { receiptRead } from "./jobs.ts";
import { numbers } from "./numbers.ts";
import { FLOOD, UNSIGNED } from "./policy.ts";
import { insertReceipt } from "./store-receipts.ts";

const SETTINGS = ["WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"] as const;

/** The challenge to answer with. Throws 403 for a wrong token, 503 while no number is connected. */
export async function answerChallenge(
  ctx: Ctx,
  { mode, token, challenge }: Record<"mode" | "token" | "challenge", string | undefined>,
): Promise<string> {
  const { verifyTokens } = await numbers(ctx);
  if (verifyTokens.length === 0) throw notConfigured("WhatsApp", SETTINGS);
  let matches = false;
  for (const known of verifyTokens) matches = await sameSecret(known, token ?? "") || matches;
  if (mode === "subscribe" && matches && challenge !== undefined) return challenge;
  throw new AppError("forbidden", "The verify token is not the one that this number was connected with");
}

/**
 * Keeps a webhook's body as it came and the job that reads it, in one commit; nothing else happens before the answer.
 * Throws 401 unless one of our apps signed the bytes (X-Hub-Signature-256). The same body again is the same receipt.
 */
export async function takeWebhook(
  ctx: Ctx,
  { bytes, signature }: { bytes: Uint8Array<ArrayBuffer>; signature: string | null },
): Promise<void> {
  const digest = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? "")?.[1]?.toLowerCase();
  if (digest === undefined) throw await unsigned(ctx, "The body has no X-Hub-Signature-256");
  if (!await isSigned(ctx, { bytes, digest })) {
    throw await unsigned(ctx, "X-Hub-Signature-256 is not a signature of this body by one of our apps");
  }
  const flow = flowOf(ctx.ports);
  if (++flow.inFlight >= FLOOD.inFlight) flow.floodedAt = performance.now();
  try {
    await keep(ctx, { digest, bytes });
  } finally {
    flow.inFlight--;
  }
}

interface Flow {
  inFlight: number;
  floodedAt: number;
}

const flows = new WeakMap<Ports, Flow>();

function flowOf(ports: Ports): Flow {
  let flow = flows.get(ports);
  if (flow === undefined) flows.set(ports, flow = { inFlight: 0, floodedAt: -Infinity });
  return flow;
}

/** True while webhooks come faster than they can be stored: other work then steps back, for they want their answer. */
export function isFlooded(ports: Ports): boolean {
  return performance.now() - flowOf(ports).floodedAt < FLOOD.afterMs;
}

async function keep(
  ctx: Ctx,
  { digest, bytes }: { digest: string; bytes: Uint8Array<ArrayBuffer> },
): Promise<void> {
  await ctx.transact(async (tx) => {
    const receiptId = newId("receipt");
    if (await insertReceipt(tx, { id: receiptId, digest, body: bytes })) {
      await enqueueLate(tx, receiptRead, { receiptId });
    }
  });
}

async function unsigned(ctx: Ctx, detail: string): Promise<AppError> {
  const { signers } = await numbers(ctx);
  if (signers.length === 0) return notConfigured("WhatsApp", SETTINGS);
  const { allowed, retryAfterMs } = await ctx.ports.limiter.take(UNSIGNED, ctx.address ?? "unknown");
  if (allowed) return new AppError("bad_signature", detail);
  return new AppError("rate_limited", "Too many bodies with a wrong signature", { retryAfterMs });
}

/** The app that signed last is asked first. */
async function isSigned(
  ctx: Ctx,
  { bytes, digest }: { bytes: Uint8Array<ArrayBuffer>; digest: string },
): Promise<boolean> {
  const mac = fromHex(digest);
  // A number may have been connected by another process a moment ago.
  for (const maxAgeMs of [undefined, 1000]) {
    const { signers } = await numbers(ctx, maxAgeMs === undefined ? {} : { maxAgeMs });
    for (const [at, signer] of signers.entries()) {
      const signed = ctx.ports.macs.verify(signer.secret, { bytes, mac });
      if (signed instanceof Promise ? !await signed : !signed) continue;
      if (at > 0) signers.unshift(...signers.splice(at, 1));
      return true;
    }
  }
  return false;
}
