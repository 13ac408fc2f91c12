/** What a handler resolves to when something is to be kept with the job, written in the commit that ends it. */
export class JobResult {
  /**
   * @param stored kept in the row, as JSON
   * @param event emitted in the same commit, about the job
   */
  constructor(
    readonly stored: unknown,
    readonly event: { readonly type: string; readonly data: Record<string, unknown> },
  ) {}
}
