import { type Receiver, startReceiver } from "./receiver.ts";

export interface FakeResend extends Receiver {
  readonly env: Record<string, string>;
  /** The mails that were sent: one an idempotency key. */
  readonly mails: Map<string, Record<string, unknown>>;
}

/** Resend's API: bearer key, addresses, and one mail an idempotency key. */
export function startFakeResend(key = "re_test_0123456789"): FakeResend {
  const mails: FakeResend["mails"] = new Map();
  const problem = (status: number, name: string) =>
    Response.json({ statusCode: status, name, message: name }, { status });
  const server = startReceiver({
    check: ({ method, url, headers, text }) => {
      if (headers.get("authorization") !== `Bearer ${key}`) return problem(403, "invalid_api_key");
      if (method !== "POST" || url.pathname !== "/emails") return problem(404, "not_found");
      const body = JSON.parse(text);
      const address = /^[^\s@<>]+@[^\s@<>]+$/;
      if (!/^(".*" )?<?[^\s@<>]+@[^\s@<>]+>?$|^[^<>@]+ <[^\s@<>]+@[^\s@<>]+>$/.test(body.from)) {
        return problem(422, "invalid_from_address");
      }
      if (!Array.isArray(body.to) || !body.to.every((one: string) => address.test(one))) {
        return problem(422, "validation_error");
      }
      if (typeof body.subject !== "string" || (body.text ?? body.html) === undefined) {
        return problem(422, "missing_required_field");
      }
      const id = headers.get("idempotency-key") ?? "";
      if (id === "" || id.length > 256) return problem(400, "invalid_idempotency_key");
      const known = mails.get(id);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(body)) {
        return problem(409, "invalid_idempotent_request");
      }
      mails.set(id, body);
      return null;
    },
    usual: () => Response.json({ id: "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794" }),
  });
  return Object.assign(server, { mails, env: { RESEND_API_KEY: key, RESEND_BASE_URL: server.origin } });
}
