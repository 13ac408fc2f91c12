import { invalid } from "../kernel/errors.ts";

/** zxcvbn's judgement (github.com/dropbox/zxcvbn): 0 is guessed at once, 4 hardly ever. */
export interface Strength {
  readonly score: number;
  readonly warning: string | null;
  readonly suggestions: readonly string[];
  readonly guessesLog10: number;
}

export const MIN_SCORE = 2;
export const MIN_LENGTH = 8;
export const MAX_LENGTH = 1024;
/** Its cost grows with the square of the length, and what lies beyond can only make a password stronger. */
const JUDGED = 64;
const SPANISH = [
  "contraseña",
  "contrasena",
  "clave",
  "hola",
  "bienvenido",
  "usuario",
  "teamo",
  "tequiero",
  "cauce",
];

interface Zxcvbn {
  (password: string, userInputs: readonly string[]): {
    readonly score: number;
    readonly guesses_log10: number;
    readonly feedback: { readonly warning: string; readonly suggestions: readonly string[] };
  };
}

let loading: Promise<Zxcvbn> | undefined;

/** Loaded when first used: its dictionaries take some 30 MB. */
function load(): Promise<Zxcvbn> {
  return loading ??= import("zxcvbn").then((module: { default: unknown }) => typed(module.default));
}

/** The package has no types of its own; this is the part of its README that is used. */
function typed(zxcvbn: unknown): Zxcvbn {
  return zxcvbn as Zxcvbn;
}

/** `about` are words that the password should not be made of: the user's name and addresses. */
export async function strengthOf(password: string, about: readonly string[]): Promise<Strength> {
  const zxcvbn = await load();
  const words = about.flatMap((text) => [text, ...text.split("@"), ...text.split(/[^\p{L}\p{N}]+/u)]).filter((
    word,
  ) => word.length > 2);
  const { score, guesses_log10, feedback } = zxcvbn(password.slice(0, JUDGED), [
    ...SPANISH,
    ...words.slice(0, 20),
  ]);
  return {
    score,
    warning: feedback.warning === "" ? null : feedback.warning,
    suggestions: feedback.suggestions,
    guessesLog10: guesses_log10,
  };
}

/** Why the password can't be taken, or null. */
export async function weaknessOf(password: string, about: readonly string[]): Promise<string | null> {
  if ([...password].length < MIN_LENGTH) return `must have ${MIN_LENGTH} characters or more`;
  if (password.length > MAX_LENGTH) return `must have ${MAX_LENGTH} characters or fewer`;
  const { score, warning, suggestions } = await strengthOf(password, about);
  if (score >= MIN_SCORE) return null;
  return ["is too easy to guess", warning, ...suggestions].filter(Boolean).join(". ");
}

/** Throws 422 for the field `path` when the password is too easy to guess. */
export async function requireStrong(
  password: string,
  { path, about }: { path: string; about: readonly string[] },
): Promise<void> {
  const weakness = await weaknessOf(password, about);
  if (weakness !== null) throw invalid(path, weakness);
}
