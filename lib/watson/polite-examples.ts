import type { Example } from "./classify.ts";
import type { Intent } from "./intents.ts";

/** The same wishes said as a question, a wish or a need: they are as much of an order. */
export const POLITE = {
  schedule_visit: `
    Necesito que alguien venga a revisarlo
    Nos gustaría que vinieran el lunes
    Me gustaría una visita el miércoles
    Necesito una visita el martes
    I'd like a visit on Wednesday
    We need someone to come and have a look
    Would you mind coming by on Thursday?`,
  reschedule_visit: `
    Necesito que la visita sea el lunes
    Necesitaría que la cita fuera a las 9
    Preferiría que la cita fuera otro día
    Me gustaría que la visita fuera más temprano
    Me vendría mejor la cita otro día
    ¿Podrías mover la visita?
    Tendríamos que dejar la cita para más adelante
    Habría que mover la visita
    ¿Le importaría pasar la cita a otra hora?
    I'd like the appointment to be on Monday
    I'd rather have the appointment on Monday
    I'd prefer the visit at another time
    The visit needs to be at 4
    Would you mind moving the appointment?
    Let's leave the appointment for next week
    It would be better to have the visit at another time`,
  cancel_visit: `
    Me gustaría cancelar mi cita
    Tendríamos que cancelar la cita
    Habría que cancelar la cita
    Necesito que no se haga la visita
    Would you mind cancelling the appointment?
    I'd appreciate it if you called off the visit`,
  query_status: `
    ¿Podrías decirme cómo va mi ticket?
    Could you tell me how my ticket is going?`,
  none: `
    ¿Podrías cerrar mi ticket?
    Me gustaría cancelar mi suscripción
    Tendríamos que cancelar el contrato
    Habría que cancelar la compra
    Necesito que me cambien la factura
    Could you close my ticket?
    Would you mind cancelling my subscription?
    I'd like to cancel the contract`,
} as const satisfies Partial<Record<Intent, string>>;

/** A line is an example. The keys are intents; `Object.entries` forgets that. */
export function examplesOf(said: Partial<Record<Intent, string>>): Example[] {
  return Object.entries(said).flatMap(([intent, lines]) =>
    lines.trim().split(/\s*\n\s*/).map((text) => ({ intent: intent as Intent, text }))
  );
}
