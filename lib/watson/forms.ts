import { z } from "zod";
import type { Ctx } from "../context.ts";
import { invalid } from "../kernel/errors.ts";
import { requireScope } from "../kernel/actors.ts";
import { converse, TEXT_LIMIT, type Turn } from "./converse.ts";

const record = z.record(z.string(), z.unknown());

/** Our own form of a call. */
const utteranceSchema = z.object({
  session_id: z.string().min(1).max(200).optional(),
  user: z.string().max(200).optional(),
  text: z.string().max(TEXT_LIMIT),
  context: record.optional(),
  message_id: z.string().min(1).max(200).optional(),
});

/** What every webhook of watsonx Assistant has: the name of what happened and the message's data. */
const assistantSchema = z.object({ event: z.object({ name: z.string().max(100) }), payload: record });

/** Where our turn is in a message's context: the Assistant hands it on to its actions and to the post webhook. */
const KEY = "cauce";

/** Answers any form of call in kind: ours, or the Assistant's before and after a message. Throws 422 for others. */
export async function answerWatson(
  ctx: Ctx,
  body: unknown,
): Promise<Turn | { payload: unknown } | Record<string, never>> {
  requireScope(ctx, "watson:use");
  const assistant = assistantSchema.safeParse(body);
  if (assistant.success) {
    const { event, payload } = assistant.data;
    const answer = Object.hasOwn(EVENTS, event.name) ? EVENTS[event.name] : undefined;
    if (answer === undefined) {
      throw invalid("event.name", `must be one of ${Object.keys(EVENTS).join(", ")}`);
    }
    return await answer(ctx, payload);
  }
  const { session_id: sessionId, message_id: turn, ...rest } = utteranceSchema.parse(body);
  return await converse(ctx, { ...rest, sessionId, turn });
}

type Payload = Record<string, unknown>;
type Answer = (ctx: Ctx, payload: Payload) => Promise<{ payload: Payload } | Record<string, never>>;

/** IBM's names of what its webhooks tell (cloud.ibm.com/docs/watson-assistant, webhook-pre, -post and -log). */
const EVENTS: Readonly<Record<string, Answer>> = {
  message_received: beforeMessage,
  message_processed: (_, payload) => Promise.resolve({ payload: afterMessage(payload) }),
  message_logged: () => Promise.resolve({}),
};

/** The message goes on as it came, with our turn in its context. */
async function beforeMessage(ctx: Ctx, payload: Payload): Promise<{ payload: Payload }> {
  const text = textAt(payload, ["input", "text"]) ?? "";
  if (text.trim() === "") return { payload };
  const context = recordAt(payload, ["context"]);
  const system = recordAt(context, ["global", "system"]);
  const sessionId = textAt(context, ["global", "session_id"]) ?? textAt(payload, ["session_id"]);
  const count = system["turn_count"];
  const turn = await converse(ctx, {
    text: text.slice(0, TEXT_LIMIT),
    sessionId,
    user: textAt(payload, ["user_id"]) ?? textAt(system, ["user_id"]),
    context: { locale: textAt(system, ["locale"]), ...recordAt(context, ["integrations", KEY]) },
    turn: typeof count === "number" && sessionId !== undefined ? `turn-${count}` : undefined,
  });
  const skills = recordAt(context, ["skills"]);
  const actions = recordAt(skills, ["actions skill"]);
  return {
    payload: {
      ...payload,
      context: {
        ...context,
        skills: {
          ...skills,
          "actions skill": {
            ...actions,
            user_defined: { ...recordAt(actions, ["user_defined"]), [KEY]: turn },
          },
        },
      },
    },
  };
}

/** What we did or ask is said with the Assistant's own words, unless it says so already. */
function afterMessage(payload: Payload): Payload {
  const turn = recordAt(payload, ["context", "skills", "actions skill", "user_defined", KEY]);
  const reply = textAt(turn, ["reply"]);
  const output = recordAt(payload, ["output"]);
  const generic: unknown[] = Array.isArray(output["generic"]) ? output["generic"] : [];
  const acted = ["done", "asked", "refused"].includes(textAt(turn, ["outcome"]) ?? "");
  const said = generic.some((part) => isRecord(part) && part["text"] === reply);
  if (reply === undefined || !acted || said) return payload;
  return { ...payload, output: { ...output, generic: [...generic, { response_type: "text", text: reply }] } };
}

function isRecord(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => isRecord(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined,
    value,
  );
}

function recordAt(value: unknown, path: readonly string[]): Payload {
  const found = at(value, path);
  return isRecord(found) ? found : {};
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = at(value, path);
  return typeof found === "string" && found !== "" ? found : undefined;
}
