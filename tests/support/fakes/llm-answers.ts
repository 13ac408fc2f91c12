interface Writing {
  readonly finish: string;
  readonly usage: { readonly input: number; readonly output: number } | null;
  readonly withUsage?: boolean;
  /** Without a choice, or without a content block. */
  readonly empty?: boolean;
  /** Ends without its last events. */
  readonly truncate?: boolean;
  /** After the first part nothing comes until `over`. */
  readonly stall?: boolean;
  readonly errorAtEnd?: boolean;
  readonly over?: AbortSignal;
}

export function openAiAnswer(text: string, { finish, usage, empty }: Writing): Response {
  const choice = {
    index: 0,
    message: { role: "assistant", content: text, refusal: null },
    finish_reason: finish,
    logprobs: null,
  };
  return Response.json({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "fake",
    choices: empty ? [] : [choice],
    ...(usage === null
      ? {}
      : { usage: { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: 0 } }),
  });
}

export function openAiStream(text: string, writing: Writing): Response {
  const chunk = (choices: unknown[], usage: unknown = null) =>
    `data: ${
      JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "fake", choices, usage })
    }\n\n`;
  const delta = (content: string, finish_reason: string | null = null) =>
    chunk([{ index: 0, delta: { content }, finish_reason }]);
  const { usage, finish, withUsage, empty } = writing;
  const counted = withUsage && usage !== null
    ? [chunk([], { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: 0 })]
    : [];
  const error = `data: ${
    JSON.stringify({ error: { message: "The server had an error", type: "server_error" } })
  }\n\n`;
  const end = empty ? [chunk([]), "data: [DONE]\n\n"] : [delta("", finish), ...counted, "data: [DONE]\n\n"];
  return sse(empty ? [] : words(text).map((word) => delta(word)), end, error, writing);
}

export function anthropicAnswer(text: string, { finish, usage, empty }: Writing): Response {
  return Response.json({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "fake",
    content: empty ? [] : [{ type: "text", text }],
    stop_reason: finish === "stop" ? "end_turn" : finish,
    stop_sequence: null,
    usage: { input_tokens: usage?.input ?? 0, output_tokens: usage?.output ?? 0 },
  });
}

export function anthropicStream(text: string, writing: Writing): Response {
  const event = (type: string, data: Record<string, unknown>) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const { usage, finish, empty } = writing;
  const start = [
    event("message_start", {
      message: {
        id: "msg_1",
        role: "assistant",
        content: [],
        usage: { input_tokens: usage?.input ?? 0, output_tokens: 1 },
      },
    }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    event("ping", {}),
  ];
  const parts = words(text).map((word) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: word } })
  );
  const end = [
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: { stop_reason: finish === "stop" ? "end_turn" : finish, stop_sequence: null },
      usage: { output_tokens: usage?.output ?? 0 },
    }),
    event("message_stop", {}),
  ];
  const error = event("error", { error: { type: "overloaded_error", message: "Overloaded" } });
  return sse(empty ? start : [...start, ...parts], end, error, writing);
}

function words(text: string): string[] {
  return text.match(/\S+\s*/g) ?? [];
}

/** Event streams come in pieces that respect no boundary, as on a real network. */
function sse(
  parts: string[],
  end: string[],
  error: string,
  { truncate, stall, errorAtEnd, over }: Writing,
): Response {
  const kept = stall ? parts.slice(0, 4) : parts;
  const text = kept.join("") + (truncate || stall ? "" : errorAtEnd ? error : end.join(""));
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (at < bytes.length) return controller.enqueue(bytes.slice(at, at += 97));
      if (stall && over && !over.aborted) {
        await new Promise((resolve) => over.addEventListener("abort", resolve, { once: true }));
      }
      try {
        controller.close();
      } catch { /* the reader has gone */ }
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
