/** Encrypts what must be readable again (channel tokens). AES-256-GCM; the key's id is in the text, so keys rotate. */
export interface SecretBox {
  /** `context` (for example the row's id) is authenticated: a sealed text can't be moved to another row. */
  seal(plain: string, context: string): Promise<string>;
  /** Throws AppError `internal` when no key opens it. */
  open(sealed: string, context: string): Promise<string>;
}
