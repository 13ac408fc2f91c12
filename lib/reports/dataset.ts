import type { SQL } from "drizzle-orm";
import type { Scope } from "../kernel/scopes.ts";
import type { CellKind } from "../ports/tables.ts";
import type { Choices } from "../words/mod.ts";

export const LANGUAGES = ["es", "en"] as const;
export type Language = typeof LANGUAGES[number];
export type Words = Readonly<Record<Language, string>>;

export interface DatasetColumn {
  readonly kind: CellKind;
  readonly label: Words;
  readonly value: SQL;
  /** How its values are said on a sheet; JSON, CSV and feeds have the values themselves. */
  readonly choices?: Choices;
  /** It names a customer, or holds what one wrote. */
  readonly person?: true;
}

/** Rows that reports are made of: what may be asked is listed here and nothing else ever becomes SQL. */
export interface Dataset {
  readonly title: Words;
  /** What it is called when it is grouped, by the first column of the grouping. */
  readonly grouped?: Readonly<Record<string, Words>>;
  /** Needed besides `reports:read`. */
  readonly scope: Scope;
  /** The table with its joins; joins never multiply its rows. */
  readonly from: SQL;
  readonly workspace: SQL;
  readonly id: SQL;
  /** When the row came about: what `from` and `to` bound and rows are ordered by. */
  readonly time: SQL;
  /** When it last changed: what a reader that comes again begins with. */
  readonly changed: SQL;
  readonly columns: Readonly<Record<string, DatasetColumn>>;
  /** Shown when no columns are chosen. */
  readonly plain: readonly string[];
}
