export type FindingState = "ok" | "warn" | "fail" | "skip";

/** One line of what the doctor found. */
export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  readonly message: string;
  /** What to do about it. */
  readonly mend: string | null;
}

export const ok = (check: string, message: string): Finding => ({ check, state: "ok", message, mend: null });
export const warn = (check: string, message: string, mend: string): Finding => ({
  check,
  state: "warn",
  message,
  mend,
});
export const fail = (check: string, message: string, mend: string): Finding => ({
  check,
  state: "fail",
  message,
  mend,
});
export const skip = (check: string, message: string): Finding => ({
  check,
  state: "skip",
  message,
  mend: null,
});

export const PERMISSIONS =
  "give the system user the app and the WhatsApp account as assets, and its token the permissions " +
  "whatsapp_business_messaging and whatsapp_business_management";
