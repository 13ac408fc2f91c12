import { base64url, errors, jwtVerify } from "jose";
import { z } from "zod";
import { AppError } from "../../kernel/errors.ts";
import { sha256 } from "../../kernel/text.ts";
import type { CallbackVerifier } from "../../ports/callbacks.ts";

export interface QstashVerifierOptions {
  readonly currentSigningKey: string;
  readonly nextSigningKey: string;
  /** The address that QStash was given; what it signs names it. */
  readonly publicUrl: string;
}

/** QStash signs for five minutes. */
const MOST_LIFE_S = 600;
const claimsSchema = z.object({ sub: z.string(), iat: z.number(), exp: z.number(), body: z.string() });

type Claims = z.infer<typeof claimsSchema>;

/** Checks QStash's signature by the current key, then by the next one (upstash.com/docs/qstash/howto/signature). */
export function createQstashVerifier(
  { currentSigningKey, nextSigningKey, publicUrl }: QstashVerifierOptions,
): CallbackVerifier {
  return {
    async verify({ path, signature, body }) {
      if (signature === null) throw refused("there is no Upstash-Signature");
      const claims = await claimsOf(signature, currentSigningKey).catch((thrown: unknown) => {
        if (thrown instanceof errors.JWSSignatureVerificationFailed) {
          return claimsOf(signature, nextSigningKey);
        }
        throw thrown;
      }).catch((cause: unknown) => {
        throw refused(cause instanceof errors.JWTExpired ? "it is too old" : "it is none of QStash's", cause);
      });
      if (claims.sub !== publicUrl + path) throw refused("it is for another address");
      if (claims.body.replace(/=+$/, "") !== base64url.encode(await sha256(body))) {
        throw refused("it is for another body");
      }
    },
  };
}

/** Throws unless it was signed with the key by QStash's own algorithm, not too long ago and not for too long. */
async function claimsOf(signature: string, key: string): Promise<Claims> {
  const { payload } = await jwtVerify(signature, new TextEncoder().encode(key), {
    algorithms: ["HS256"],
    issuer: "Upstash",
  });
  const claims = claimsSchema.parse(payload);
  if (claims.exp - claims.iat > MOST_LIFE_S) throw new Error("it is valid for longer than QStash signs");
  return claims;
}

function refused(reason: string, cause?: unknown): AppError {
  return new AppError("bad_signature", `The callback's signature is refused: ${reason}`, { cause });
}
