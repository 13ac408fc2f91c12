/**
 * A number as E.164 writes it where that can be told: `+` and digits. `00` is read as `+`; a national number gets
 * `country` (digits of the calling code), if one is given. null: no phone number.
 */
export function normalPhone(raw: string, country: string | null = null): string | null {
  const text = raw.trim().replace(/^tel:/i, "").replace(/\(0\)/g, "").replace(
    /;.*$|(?:\s*(?:ext|x)\.?\s*\d+)$/i,
    "",
  );
  const digits = text.replace(/\D/g, "");
  if (digits.length < 3 || digits.length > 20 || /[a-z]/i.test(text)) return null;
  if (text.startsWith("+")) return `+${digits}`;
  if (digits.startsWith("00") && digits.length > 6) return `+${digits.slice(2)}`;
  if (country !== null && digits.length >= 7 && digits.length <= 10) {
    return `+${country}${digits.replace(/^0/, "")}`;
  }
  return digits;
}

/** Mexico and Argentina put a digit after the country into the numbers of mobiles, in some places and not in others. */
const MOBILE_MARKS = [["52", "1", 10], ["54", "9", 10]] as const;

/** The ways in which a number may have been kept: with and without `+` and the mark of a mobile. */
export function phoneForms(phone: string): string[] {
  const digits = phone.replace(/\D/g, "");
  const forms = new Set([digits]);
  for (const [country, mark, length] of MOBILE_MARKS) {
    const rest = digits.slice(country.length);
    if (!digits.startsWith(country)) continue;
    if (rest.length === length) forms.add(`${country}${mark}${rest}`);
    if (rest.length === length + 1 && rest.startsWith(mark)) forms.add(`${country}${rest.slice(1)}`);
  }
  return [...forms].flatMap((form) => [`+${form}`, form]);
}
