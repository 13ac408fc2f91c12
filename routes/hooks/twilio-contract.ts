import { contract, problems } from "../router.ts";

/** The form is Twilio's; it is signed whole, so it is read as it came. */
export const smsStatusRoute = contract({
  method: "post",
  path: "/api/hooks/twilio",
  operationId: "takeSmsStatus",
  summary: "What became of an SMS, told by Twilio and signed by it (X-Twilio-Signature)",
  tags: ["Hooks"],
  scope: null,
  responses: {
    204: { description: "Taken" },
    ...problems("bad_signature", "payload_too_large", "not_configured"),
  },
});
