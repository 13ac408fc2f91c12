import { writtenTime } from "../business-time/mod.ts";
import type { Tx } from "../context.ts";
import { loadBusiness, localeOf } from "../conversations/mod.ts";
import { SECOND } from "../kernel/clock.ts";
import type { Locale } from "../knowledge/mod.ts";
import type { CallRow } from "./store.ts";

/** What is written of a call on a ticket, in the language and on the clock of the business. */
export interface CallWords {
  readonly missed: (who: string) => string;
  /** One more of so many. */
  readonly again: (call: CallRow, count: number) => string;
  /** By an operator of that name; null: nobody knows by whom. */
  readonly back: (call: CallRow, operator: string | null) => string;
}

/** The number that called and the line that rang, as far as they are known. */
export const numbersOf = ({ phone, line }: CallRow) =>
  [phone, line].filter((one) => one !== null).join(" → ");

export async function callWords(tx: Tx): Promise<CallWords> {
  const { timezone: zone, languages } = await loadBusiness(tx);
  const locale = localeOf([], languages);
  const when = ({ startedAt }: CallRow) =>
    writtenTime(startedAt, { zone, language: { es: "es", en: "en-GB" }[locale] });
  const of = (call: CallRow) => [numbersOf(call), when(call)].filter((one) => one !== "").join(", ");
  return {
    missed: (who) => `${{ es: "Llamada perdida", en: "Missed call" }[locale]}: ${who}`,
    again: (call, count) =>
      ({
        es: `Otra llamada perdida: ${of(call)}. Van ${count}.`,
        en: `Another missed call: ${of(call)}. ${count} so far.`,
      })[locale],
    back: (call, operator) => {
      const by = operator === null ? "" : `, ${operator}`;
      return ({
        es: `Se le devolvió la llamada: ${call.phone ?? ""}, ${when(call)}${by}.${talked(call, locale)}`,
        en: `They were called back: ${call.phone ?? ""}, ${when(call)}${by}.${talked(call, locale)}`,
      })[locale];
    },
  };
}

const A_MINUTE = 60;

/** For how long people talked; nothing while they do. */
function talked({ answeredAt, endedAt }: CallRow, locale: Locale): string {
  if (answeredAt === null || endedAt === null) return "";
  const all = Math.round((endedAt - answeredAt) / SECOND);
  const [minutes, seconds] = [Math.floor(all / A_MINUTE), all % A_MINUTE];
  const said = [...minutes === 0 ? [] : [`${minutes} min`], `${seconds} s`].join(" ");
  return { es: ` Hablaron ${said}.`, en: ` They talked for ${said}.` }[locale];
}
