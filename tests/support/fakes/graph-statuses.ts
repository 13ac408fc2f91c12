import type { Change } from "./graph-webhooks.ts";
import type { FakeNumber, Received, World } from "./graph-world.ts";

export type StatusWord = "sent" | "delivered" | "read" | "played" | "failed";

export interface StatusStep {
  readonly status: StatusWord;
  /** Error code of a `failed` one. */
  readonly code?: number;
}

/** Which statuses a taken message gets, in which order. */
export type StatusPlan = (message: Received) => readonly StatusStep[];

const words = (...all: StatusWord[]): StatusPlan => () => all.map((status) => ({ status }));

export const STATUS_PLANS = {
  usual: words("sent", "delivered"),
  read: words("sent", "delivered", "read"),
  /** The chat is open on the phone: `delivered` never comes. */
  readOnly: words("sent", "read"),
  reversed: words("read", "delivered", "sent"),
  doubled: words("sent", "sent", "delivered", "delivered", "read", "read"),
  sentOnly: words("sent"),
  never: words(),
} as const satisfies Record<string, StatusPlan>;

/** Taken, then not deliverable: what Meta finds out later comes as a status. */
export const failsWith = (code: number): StatusPlan => () => [{ status: "failed", code }];

const TITLES: Readonly<Record<number, string>> = {
  131026: "Message undeliverable",
  131047: "Re-engagement message",
  131049: "Not delivered to keep a healthy ecosystem",
  131053: "Media upload error",
};

export function statusChange(
  world: World,
  { message, number, step }: { message: Received; number: FakeNumber; step: StatusStep },
): Change {
  const byPhone = /^\d+$/.test(message.to);
  const title = TITLES[step.code ?? 0] ?? "Error";
  return {
    businessAccountId: number.businessAccountId,
    field: "messages",
    value: {
      messaging_product: "whatsapp",
      metadata: {
        display_phone_number: number.displayPhoneNumber,
        phone_number_id: number.phoneNumberId,
      },
      statuses: [{
        id: message.wamid,
        status: step.status,
        timestamp: String(Math.floor(world.now() / 1000)),
        ...(byPhone ? { recipient_id: message.to } : { recipient_user_id: message.to }),
        ...(message.callbackData === null ? {} : { biz_opaque_callback_data: message.callbackData }),
        ...(step.status === "failed"
          ? {
            errors: [{
              code: step.code ?? 131000,
              title,
              message: title,
              error_data: { details: `Told to fail with ${step.code ?? 131000}` },
              href: "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
            }],
          }
          : {
            pricing: {
              billable: false,
              pricing_model: "PMP",
              type: "free_customer_service",
              category: "service",
            },
          }),
      }],
    },
  };
}
