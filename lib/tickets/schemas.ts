import { z } from "zod";
import { COMMENT_VISIBILITIES, TICKET_PRIORITIES, TICKET_SOURCES, TICKET_STATES } from "./store.ts";
import { cleanText } from "../kernel/text.ts";
import { instantField, phoneField } from "../kernel/fields.ts";
import { MOODS } from "../sentiment/mod.ts";

export {
  COMMENT_AUTHORS,
  COMMENT_VISIBILITIES,
  type CommentAuthor,
  type CommentVisibility,
  TICKET_PRIORITIES,
  TICKET_SOURCES,
  TICKET_STATES,
  type TicketPriority,
  type TicketSource,
  type TicketState,
} from "./store.ts";

/** Characters and counts, in one place. */
export const LIMITS = {
  subject: 300,
  description: 50_000,
  comment: 20_000,
  label: 50,
  labels: 20,
  fieldKeys: 50,
  mentions: 50,
  query: 200,
} as const;

const clean = (text: string) => cleanText(text).trim();

/** A text of 1 to `max` characters, without the blanks around it. */
export const line = (max: number) =>
  z.string().max(max).transform(clean).pipe(z.string().min(1, "must not be empty"));

export const stateField = z.enum(TICKET_STATES).meta({
  example: "open",
  description: "Only legal transitions are made; a refusal lists them",
});
export const priorityField = z.enum(TICKET_PRIORITIES).meta({
  example: "normal",
  description: "low, normal, high or urgent",
});
export const idField = z.string().min(1).max(64);

export const labelField = z.string().max(LIMITS.label).transform((text) => clean(text).toLowerCase())
  .pipe(z.string().min(1, "must not be empty"));
const labels = z.array(labelField).max(LIMITS.labels).transform((all) => [...new Set(all)]).meta({
  example: ["garantia"],
  description: "Words to find it by; written in lower case",
});

export const timeField = z.iso.datetime({ offset: true });

/** Custom fields by key; what is not defined is refused by the verb. */
const fields = z.record(z.string().max(64), z.unknown())
  .refine((all) => Object.keys(all).length <= LIMITS.fieldKeys, `at most ${LIMITS.fieldKeys} fields`)
  .meta({ example: {}, description: "Custom fields by key, as the settings define them" });

/** Where it goes; an absent one is found by the category, or left. */
const places = {
  category_id: idField.nullish().meta({ example: null, description: "What kind of matter it is" }),
  team_id: idField.nullish().meta({ example: null, description: "The team that it is with" }),
  assignee_id: idField.nullish().meta({
    example: null,
    description: "The operator who has it; left out, one who is free and fit gets it",
  }),
  client_id: idField.nullish().meta({
    example: null,
    description: "The client that it is for; left out, the contact's",
  }),
};

const description = z.string().max(LIMITS.description).transform(clean).meta({
  example: "Desde ayer no enfría y marca E4.",
  description: "The whole of it",
});

const slaPolicy = idField.nullish().meta({
  example: null,
  description: "By which promises are made; null: the workspace's default one, if there is one",
});

const subject = line(LIMITS.subject).meta({
  example: "El aire no enfría",
  description: "What it is about, in a line",
});

/** Who asks, where nobody knows the contact's id yet. */
export const newRequester = z.object({
  name: line(200).optional().meta({ example: "Ana Ruiz", description: "Of a new contact" }),
  email: z.email().max(254).optional().meta({ example: "ana@example.com", description: "Where to write to" }),
  phone: phoneField.optional().meta({
    example: "+528112345678",
    description: "With its country code",
  }),
}).refine(({ email, phone }) => email !== undefined || phone !== undefined, {
  message: "give an email or a phone",
  path: ["email"],
}).meta({
  example: { name: "Ana Ruiz", email: "ana@example.com" },
  description: "Who asks, in place of contact_id: whoever has the e-mail or the phone, made when nobody has",
});

export const newTicket = z.object({
  subject,
  description: description.default(""),
  priority: priorityField.optional(),
  source: z.enum(TICKET_SOURCES).default("api").meta({ example: "api", description: "Where it came from" }),
  labels: labels.default([]),
  fields: fields.default({}),
  ...places,
  contact_id: idField.nullish().meta({
    example: "con_01kabcdefghjkmnpqrstvwxyz0",
    description: "Who asks; of a conversation's ticket its contact, unless said otherwise",
  }),
  contact: newRequester.optional(),
  conversation_id: idField.nullish().meta({
    example: "cnv_01kabcdefghjkmnpqrstvwxyz0",
    description: "The conversation that it comes from; public comments go out through it",
  }),
  sla_policy_id: slaPolicy,
  follows_id: idField.nullish().meta({
    example: null,
    description: "The ticket that it goes on from",
  }),
});
/** What `openTicket` takes. */
export type NewTicket = z.input<typeof newTicket>;

export const ticketChange = z.object({
  subject: subject.optional(),
  description: description.optional(),
  state: stateField.optional(),
  priority: priorityField.optional(),
  labels: labels.optional(),
  fields: fields.optional(),
  ...places,
  contact_id: idField.nullish().meta({ example: "con_01kabcdefghjkmnpqrstvwxyz0", description: "Who asks" }),
  scheduled_for: instantField.nullish().meta({
    example: "2027-01-15T09:00:00Z",
    description: "With the state scheduled: when it opens again",
  }),
  sla_policy_id: slaPolicy,
});
/** What of a ticket is to be other than it is. */
export type TicketChange = z.input<typeof ticketChange>;

export const newComment = z.object({
  text: line(LIMITS.comment).optional().meta({
    example: "Le llamo hoy por la tarde, @ana revisa la garantía.",
    description: "@username mentions a member",
  }),
  canned_reply_id: idField.optional().meta({
    example: "cnr_01kabcdefghjkmnpqrstvwxyz0",
    description: "A prepared text in place of text",
  }),
  visibility: z.enum(COMMENT_VISIBILITIES).default("private").meta({
    example: "public",
    description: "public: the customer reads it",
  }),
  state: stateField.optional().meta({
    example: "pending_customer",
    description: "The state that the ticket has afterwards",
  }),
}).refine(({ text, canned_reply_id }) => (text === undefined) !== (canned_reply_id === undefined), {
  message: "either text or canned_reply_id",
  path: ["text"],
}).meta({ example: { text: "Le llamo hoy por la tarde.", visibility: "private" } });
export type NewComment = z.input<typeof newComment>;

/** One value or several, joined by commas or given as a list. */
function some<T extends string>(values: readonly [T, ...T[]]) {
  return z.union([z.string().max(500), z.array(z.string().max(50)).max(50)])
    .transform((given) => typeof given === "string" ? given.split(",").map((one) => one.trim()) : given)
    .pipe(z.array(z.enum(values)).min(1).max(values.length))
    .transform((all) => [...new Set(all)]);
}

export const SORTS = ["created", "updated", "relevance"] as const;

/** What tickets are listed by. */
export const ticketFilter = z.object({
  state: some([...TICKET_STATES, "live"]).optional().meta({
    example: "open,pending_customer",
    description: "One or several, joined by commas; live: all but resolved and closed",
  }),
  priority: some(TICKET_PRIORITIES).optional().meta({
    example: "high,urgent",
    description: "One or several, joined by commas",
  }),
  contact_id: idField.optional().meta({ example: "con_01kabcdefghjkmnpqrstvwxyz0", description: "Who asks" }),
  conversation_id: idField.optional().meta({
    example: "cnv_01kabcdefghjkmnpqrstvwxyz0",
    description: "Of this conversation",
  }),
  label: labelField.optional().meta({ example: "garantia", description: "Carries this label" }),
  assignee_id: idField.optional().meta({
    example: "none",
    description: "An operator, or none: nobody has it",
  }),
  team_id: idField.optional().meta({
    example: "tea_01kabcdefghjkmnpqrstvwxyz0",
    description: "With this team",
  }),
  category_id: idField.optional().meta({
    example: "tca_01kabcdefghjkmnpqrstvwxyz0",
    description: "Of this category",
  }),
  client_id: idField.optional().meta({
    example: "cli_01kabcdefghjkmnpqrstvwxyz0",
    description: "For this client",
  }),
  created_from: timeField.optional().meta({ example: "2026-01-01T00:00:00Z", description: "At or after" }),
  created_to: timeField.optional().meta({ example: "2027-01-01T00:00:00Z", description: "Before this time" }),
  updated_from: timeField.optional().meta({ example: "2026-01-01T00:00:00Z", description: "At or after" }),
  updated_to: timeField.optional().meta({ example: "2027-01-01T00:00:00Z", description: "Before this time" }),
  overdue: z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]).optional()
    .meta({ example: "true", description: "A promise of its SLA has passed" }),
  mood: z.enum(MOODS).optional().meta({
    example: "negative",
    description: "How the customer's latest words sound",
  }),
  custom: z.record(
    z.string().max(41),
    z.union([z.string(), z.number(), z.boolean()]).transform(String)
      .pipe(z.string().trim().min(1).max(200)),
  ).refine((all) => Object.keys(all).length <= 5, "at most 5 fields").optional().meta({
    example: { modelo: "H-200" },
    description: "Custom fields that have exactly these values",
  }),
  view: idField.optional().meta({
    example: "viw_01kabcdefghjkmnpqrstvwxyz0",
    description: "A saved view; what is given beside it comes in place of its own",
  }),
  q: z.string().max(LIMITS.query).transform(clean).optional().meta({
    example: "fuga",
    description: "Words of the subject, the description or the comments, or a ticket's number",
  }),
  sort: z.enum(SORTS).optional().meta({
    example: "created",
    description: "Newest first by that time; relevance: needs q",
  }),
});
export type TicketFilter = z.input<typeof ticketFilter>;
