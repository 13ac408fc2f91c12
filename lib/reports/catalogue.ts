import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import type { CellKind } from "../ports/tables.ts";
import type { Language } from "./dataset.ts";
import { DATASETS } from "./datasets.ts";

export interface CatalogueEntry {
  readonly dataset: string;
  readonly title: string;
  readonly columns: { readonly name: string; readonly label: string; readonly kind: CellKind }[];
  readonly default_columns: string[];
}

/** What reports can be made of, as far as the actor may read it. */
export function catalogue(ctx: Ctx, { language }: { language: Language }): CatalogueEntry[] {
  requireScope(ctx, "reports:read");
  return Object.entries(DATASETS).filter(([, { scope }]) => ctx.actor.scopes.has(scope)).map((
    [dataset, { title, columns, plain }],
  ) => ({
    dataset,
    title: title[language],
    columns: Object.entries(columns).map(([name, { label, kind }]) => ({
      name,
      label: label[language],
      kind,
    })),
    default_columns: [...plain],
  }));
}
