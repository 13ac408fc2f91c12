/** What the fake answers in place of a success, as Meta writes it. */
export interface GraphError {
  readonly code: number;
  readonly status?: number;
  readonly subcode?: number;
  readonly message?: string;
  readonly details?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by the checks. */
export class GraphRefusal extends Error {
  constructor(readonly error: GraphError) {
    super(`${error.code} ${error.details ?? ""}`);
  }
}

export function refuse(code: number, details: string, more: Partial<GraphError> = {}): never {
  throw new GraphRefusal({ code, details, ...more });
}

const MESSAGES: Readonly<Record<number, { status: number; message: string }>> = {
  1: { status: 500, message: "An unknown error occurred" },
  2: { status: 503, message: "An unexpected error has occurred. Please retry your request later." },
  4: { status: 400, message: "(#4) Application request limit reached" },
  10: { status: 403, message: "(#10) Application does not have permission for this action" },
  33: { status: 400, message: "(#33) The business phone number has been deleted" },
  100: { status: 400, message: "(#100) Invalid parameter" },
  190: { status: 401, message: "Invalid OAuth access token - Cannot parse access token" },
  200: { status: 403, message: "(#200) You do not have the necessary permissions" },
  368: { status: 403, message: "(#368) Temporarily blocked for policies violations" },
  2500: { status: 400, message: "Unknown path components" },
  80007: { status: 400, message: "(#80007) Rate limit issues" },
  130429: { status: 429, message: "(#130429) Rate limit hit" },
  131000: { status: 500, message: "(#131000) Something went wrong" },
  131008: { status: 400, message: "(#131008) Required parameter is missing" },
  131009: { status: 400, message: "(#131009) Parameter value is not valid" },
  131026: { status: 400, message: "(#131026) Message Undeliverable" },
  131031: { status: 403, message: "(#131031) Business Account locked" },
  131042: { status: 400, message: "(#131042) Business eligibility payment issue" },
  131047: { status: 400, message: "(#131047) Re-engagement message" },
  131048: { status: 400, message: "(#131048) Spam rate limit hit" },
  131049: { status: 400, message: "(#131049) Message was not delivered to keep a healthy ecosystem" },
  131050: { status: 400, message: "(#131050) The user has chosen to stop marketing messages" },
  131051: { status: 400, message: "(#131051) Unsupported message type" },
  131052: { status: 400, message: "(#131052) Media download error" },
  131053: { status: 400, message: "(#131053) Media upload error" },
  131056: { status: 400, message: "(#131056) (Business Account, Consumer Account) pair rate limit hit" },
  131057: { status: 500, message: "(#131057) Account in maintenance mode" },
  132000: { status: 400, message: "(#132000) Number of parameters does not match" },
  132001: { status: 404, message: "(#132001) Template name does not exist in the translation" },
  132015: { status: 400, message: "(#132015) Template is paused" },
  132016: { status: 400, message: "(#132016) Template is disabled" },
  133010: { status: 400, message: "(#133010) Phone number not registered" },
};

export function errorAnswer(error: GraphError): Response {
  const { code, subcode, details, headers = {} } = error;
  const known = MESSAGES[code];
  const body = {
    error: {
      message: error.message ?? known?.message ?? `(#${code}) Error`,
      type: "OAuthException",
      code,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      ...(details === undefined ? {} : { error_data: { messaging_product: "whatsapp", details } }),
      fbtrace_id: "AfAkE0tRaCe",
    },
  };
  return Response.json(body, { status: error.status ?? known?.status ?? 400, headers });
}
