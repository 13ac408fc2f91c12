import { type Receiver, startReceiver } from "./receiver.ts";

export interface TokenEndpoint extends Receiver {
  readonly account: { tokenUrl: string; clientId: string; clientSecret: string; refreshToken: string };
  /** The refresh token that is good now. */
  refreshToken: string;
  /** What the next answers give. */
  gives: { access_token: string; expires_in: number; refresh_token?: string };
}

/** A provider's token endpoint (RFC 6749, 6): checks the form as it does, and ends a refresh token that it replaced. */
export function startTokenEndpoint(): TokenEndpoint {
  const client = { clientId: "client-1", clientSecret: "client-secret-1" };
  const refusal = (status: number, error: string) => Response.json({ error }, { status });
  const server = startReceiver({
    check: ({ method, url, headers, text }) => {
      if (method !== "POST" || url.pathname !== "/token") return refusal(404, "not_found");
      if (headers.get("content-type") !== "application/x-www-form-urlencoded") {
        return refusal(400, "invalid_request");
      }
      const form = new URLSearchParams(text);
      if (form.get("grant_type") !== "refresh_token") return refusal(400, "unsupported_grant_type");
      if (form.get("client_id") !== client.clientId || form.get("client_secret") !== client.clientSecret) {
        return refusal(401, "invalid_client");
      }
      return form.get("refresh_token") === endpoint.refreshToken ? null : refusal(400, "invalid_grant");
    },
    usual: () => {
      endpoint.refreshToken = endpoint.gives.refresh_token ?? endpoint.refreshToken;
      return Response.json({ token_type: "Bearer", ...endpoint.gives });
    },
  });
  const endpoint: TokenEndpoint = Object.assign(server, {
    account: { ...client, tokenUrl: `${server.origin}/token`, refreshToken: "refresh-1" },
    refreshToken: "refresh-1",
    gives: { access_token: "access-1", expires_in: 3600 } as TokenEndpoint["gives"],
  });
  return endpoint;
}
