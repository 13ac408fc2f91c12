import { z } from "zod";
import { definePure, type PureFunction } from "../kernel/define-function.ts";

/** Names, what WebCrypto calls them, and what they make of "cauce". */
const ALGORITHMS = [
  ["sha1", "SHA-1", "98eb1060def4f9f4ff862e0b504d9a9015c9af63"],
  ["sha256", "SHA-256", "6c4b181d9cf6485e2a614143676aa22cfbad6e710704db24eb7074ba772fa654"],
  [
    "sha384",
    "SHA-384",
    "1cdc172f17fbabd416acf05d53b699b69c102396a77cbe6a7e6c94218810490c294357092b2348120c0e67db12db71fa",
  ],
  [
    "sha512",
    "SHA-512",
    "7035e980973e670f9b8b5efd5eaafdb777207ebfe323a9d8fed6fb7e12696324933d9d14211b74cb02b80d66964f84ecc185bf032a3847bf49caabb39ef6ea9c",
  ],
] as const;
const text = z.string().max(4_000_000);
const hex = z.string().regex(/^[0-9a-f]+$/);

export const hashFunctions: readonly PureFunction[] = [
  ...ALGORITHMS.map(([name, algorithm, example]) =>
    definePure({
      name: `hash.${name}`,
      summary: `The ${algorithm} of a text, in hex`,
      workerType: "CPU_INTENSIVE",
      args: z.tuple([text]),
      result: hex,
      examples: [{ args: ["cauce"], result: example }],
      run: async ([given]) => toHex(await crypto.subtle.digest(algorithm, encoder.encode(given))),
    })
  ),
  definePure({
    name: "hash.hmac",
    summary: "The HMAC-SHA256 of a text under a key, in hex",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([text, z.string().min(1).max(10_000)]),
    result: hex,
    examples: [{
      args: ["cauce", "key"],
      result: "aea70dbffe7d97e4538650f40571efe5f17d9f879bf656b52cbf8d758aaa7080",
    }],
    run: async ([given, secret]) => {
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
      return toHex(await crypto.subtle.sign(algorithm, key, encoder.encode(given)));
    },
  }),
];

const encoder = new TextEncoder();

function toHex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
