import { z } from "zod";
import { idField } from "../kernel/fields.ts";

const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/** What becomes of the open work of an operator who leaves. */
export const handoverInput = z.object({
  reassign_to: idField("opr_01kabcdefghjkmnpqrstvwxyz0").optional().meta({
    description: "The operator who gets their open tickets and visits",
  }),
  unassign: flag.default(false).meta({
    example: "true",
    description:
      "Tickets go back to those that wait for an operator; visits keep their time without one. Beside " +
      "reassign_to: for visits that the other can't make",
  }),
});
export type HandoverInput = z.input<typeof handoverInput>;
