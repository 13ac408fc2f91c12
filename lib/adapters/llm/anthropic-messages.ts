import type { ChatMessage } from "../../ports/llm.ts";

interface Turn {
  readonly role: "user" | "assistant";
  content: string;
}

export interface Prompt {
  readonly system: string | undefined;
  readonly messages: readonly Turn[];
}

/**
 * Messages as Anthropic wants them: system texts apart, roles in turn, the user first, nothing empty, and the
 * last word the user's (a trailing assistant turn would be continued, not answered).
 */
export function toPrompt(messages: readonly ChatMessage[]): Prompt {
  const system: string[] = [];
  const turns: Turn[] = [];
  for (const { role, content } of messages) {
    if (content.trim() === "") continue;
    if (role === "system") {
      system.push(content);
      continue;
    }
    const last = turns.at(-1);
    if (last?.role === role) last.content += `\n\n${content}`;
    else turns.push({ role, content });
  }
  if (turns[0]?.role !== "user") turns.unshift({ role: "user", content: "(The conversation begins.)" });
  if (turns.at(-1)?.role === "assistant") turns.push({ role: "user", content: "(Go on.)" });
  return { system: system.length > 0 ? system.join("\n\n") : undefined, messages: turns };
}
