import { AppError, invalid, messageOf } from "../../kernel/errors.ts";
import { cleanText } from "../../kernel/text.ts";

const MOST_PAGES = 500;

export interface PdfContent {
  /** The document's own title, when it has one. */
  readonly title: string | null;
  /** The text of each page, in order. */
  readonly pages: readonly string[];
}

/** The text of a PDF. The reader is heavy, so it loads when the first PDF comes. Throws 422 for what is no PDF or has no text. */
export async function readPdf(bytes: Uint8Array): Promise<PdfContent> {
  const { extractText, getDocumentProxy, getMeta } = await import("unpdf");
  let document: Awaited<ReturnType<typeof getDocumentProxy>> | undefined;
  try {
    document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    if (document.numPages > MOST_PAGES) {
      throw invalid("file", `has ${document.numPages} pages, the most is ${MOST_PAGES}`);
    }
    const { text } = await extractText(document, { mergePages: false });
    const pages = text.map((page) => cleanText(page).replace(/[ \t]+/g, " ").replaceAll("\f", " ").trim());
    if (pages.every((page) => page === "")) {
      throw invalid("file", "has no text: a scanned PDF needs text recognition first");
    }
    const title: unknown = (await getMeta(document)).info.Title;
    return {
      title: typeof title === "string" && title.trim() !== "" ? cleanText(title).trim() : null,
      pages,
    };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw invalid("file", `is not a PDF that can be read: ${messageOf(error)}`);
  } finally {
    await document?.loadingTask.destroy();
  }
}
