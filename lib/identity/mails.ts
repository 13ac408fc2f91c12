import type { Config } from "../config.ts";
import { publicAddress } from "../context.ts";
import type { Mail } from "../ports/mail.ts";
import type { Locale } from "./schemas.ts";

interface MailText {
  readonly subject: string;
  readonly text: string;
}

interface ResetMail {
  readonly name: string;
  readonly link: string;
}

interface InvitationMail {
  readonly workspace: string;
  readonly link: string;
}

const RESET: Readonly<Record<Locale, (mail: ResetMail) => MailText>> = {
  es: ({ name, link }) => ({
    subject: "Restablecer su contraseña",
    text: `Hola ${name}:

Alguien, probablemente usted, pidió restablecer la contraseña de su cuenta. El enlace vale una hora y sirve una sola vez:

${link}

Si no fue usted, no haga nada: su contraseña sigue siendo la misma.
`,
  }),
  en: ({ name, link }) => ({
    subject: "Reset your password",
    text: `Hello ${name},

Somebody, most likely you, asked to reset the password of your account. The link is good for one hour and works once:

${link}

If it was not you, do nothing: your password stays as it is.
`,
  }),
};

const INVITATION: Readonly<Record<Locale, (mail: InvitationMail) => MailText>> = {
  es: ({ workspace, link }) => ({
    subject: `Invitación a ${workspace}`,
    text: `Hola:

Le invitan a trabajar en ${workspace}. El enlace vale siete días:

${link}
`,
  }),
  en: ({ workspace, link }) => ({
    subject: `Invitation to ${workspace}`,
    text: `Hello,

You are invited to work in ${workspace}. The link is good for seven days:

${link}
`,
  }),
};

export function resetMail(to: string, of: ResetMail & { locale: Locale; id: string }): Mail {
  return { to, id: of.id, ...oneLine(RESET[of.locale](of)) };
}

export function invitationMail(to: string, of: InvitationMail & { locale: Locale; id: string }): Mail {
  return { to, id: of.id, ...oneLine(INVITATION[of.locale](of)) };
}

/** Names come from users: a line break in a subject would start another header. */
function oneLine(text: MailText): MailText {
  return { ...text, subject: text.subject.replace(/\s+/g, " ").slice(0, 200) };
}

/** In the fragment, which browsers don't send: so the token is in no server's log. */
export function linkTo(
  config: Config,
  { what, token }: { what: "reset" | "invitation"; token: string },
): string {
  return publicAddress({ config }, `/inbox#${what}=${encodeURIComponent(token)}`);
}
