import type { Receiver } from "@upstash/qstash";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { z } from "zod";
import { AppError, messageOf } from "../../kernel/errors.ts";
import type { CallbackVerifier } from "../../ports/callbacks.ts";

export interface QstashVerifierOptions {
  readonly currentSigningKey: string;
  readonly nextSigningKey: string;
  /** The address that QStash was given; what it signs names it. */
  readonly publicUrl: string;
}

/** QStash signs for five minutes. */
const MOST_LIFE_S = 600;
const claimsSchema = z.object({ iat: z.number(), exp: z.number(), body: z.string() });

/**
 * Checks QStash's signature by the current key, then by the next one (upstash.com/docs/qstash/howto/signature). The
 * library takes a token without an end, and any HMAC: those are refused here.
 */
export function createQstashVerifier(options: QstashVerifierOptions): CallbackVerifier {
  let receiver: Promise<Receiver> | undefined;
  return {
    async verify({ path, signature, body }) {
      if (signature === null) throw refused("there is no Upstash-Signature");
      try {
        if (decodeProtectedHeader(signature).alg !== "HS256") throw new Error("it is not HS256");
        const { iat, exp } = claimsSchema.parse(decodeJwt(signature));
        if (exp - iat > MOST_LIFE_S) throw new Error("it is valid for longer than QStash signs");
        receiver ??= load(options);
        const one = await receiver;
        await one.verify({ signature, body, url: options.publicUrl + path });
      } catch (cause) {
        throw refused(reasonOf(cause), cause);
      }
    },
  };
}

/** Never with what was wanted: the library's messages quote hashes and addresses. */
function reasonOf(thrown: unknown): string {
  const text = messageOf(thrown);
  if (text.includes("invalid subject")) return "it is for another address";
  if (text.includes("body hash")) return "it is for another body";
  if (text.includes('"exp"')) return "it is too old";
  return "it is none of QStash's";
}

function refused(reason: string, cause?: unknown): AppError {
  return new AppError("bad_signature", `The callback's signature is refused: ${reason}`, { cause });
}

async function load({ currentSigningKey, nextSigningKey }: QstashVerifierOptions): Promise<Receiver> {
  const { Receiver } = await import("@upstash/qstash");
  return new Receiver({ currentSigningKey, nextSigningKey, devMode: false });
}
