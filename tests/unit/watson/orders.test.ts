import assert from "node:assert/strict";
import { isForbidden, isOrdered } from "../../../lib/watson/orders.ts";

const SPOKEN_OF = [
  "No canceles la visita",
  "no canselen mi cita",
  "Por favor no la cancelen",
  "No quiero que cancelen mi cita",
  "No vayan a cancelar la visita del viernes",
  "No muevas la visita al lunes a las 10",
  "Yo no pedí cancelar la visita",
  "¿Por qué cancelaron mi cita?",
  "¿Ya cancelaron la visita?",
  "¿Quién canceló mi visita?",
  "¿Mi cita está cancelada?",
  "¿Cómo puedo cancelar mi cita?",
  "¿Cuánto cuesta cancelar la visita?",
  "¿Qué pasa si cancelo la visita?",
  "Me cancelaron la visita dos veces",
  "Don't cancel the visit",
  "dont cancel my appointment",
  "I don't want to cancel my visit",
  "I do not want my appointment moved",
  "Never cancel my visit without asking",
  "I didn’t ask to cancel the visit",
  "Don't move my visit to Monday at 10",
  "Why was my appointment cancelled?",
  "Did you cancel my visit?",
  "Is my appointment cancelled?",
  "Has my visit been moved?",
  "How much does it cost to cancel the visit?",
  "What happens if I cancel my appointment?",
  "They cancelled my visit twice",
  "Should I cancel the visit?",
];

const ORDERED = [
  "Ya no, cancela la visita",
  "No puedo ese día, cambia la fecha de la visita al lunes",
  "Ya no necesito la visita",
  "Ya no vengan, cancelen la visita",
  "No pasa nada, cancela la visita",
  "Sí, cancela la visita",
  "Cancelo mi cita del viernes",
  "Quiero un cambio de cita",
  "Quisiera que cancelaran la visita",
  "¿Me cancelan la cita, por favor?",
  "¿Podemos mover la visita al jueves?",
  "¿Es posible mover mi cita al lunes?",
  "I can't make it, please cancel the visit",
  "I want to cancel my visit",
  "I want my visit cancelled",
  "I was wondering if I could move my appointment to Monday",
  "Can I cancel my appointment?",
  "Is it possible to cancel my visit?",
  "I no longer need the visit",
  "I'd appreciate it if you cancelled my visit",
  "Would you mind if we moved the visit to Monday?",
  "¿Podrías mover la visita del martes al jueves?",
  "Me gustaría cancelar la visita",
  "Would you mind moving the visit?",
  "Tendríamos que dejar la visita para otro día",
  "Habría que cancelar la visita",
  "Maybe we should move the visit to Friday",
];

Deno.test("a visit that is only spoken of, asked about or not to be touched is no order to call it off or move it", () => {
  assert.deepEqual(SPOKEN_OF.filter(isOrdered), []);
  assert.deepEqual(ORDERED.filter((text) => !isOrdered(text)), []);
});

Deno.test("what is not to be done is told from what does not work, and from what somebody is to be told", () => {
  const forbidden = [
    "No agenden la visita mañana a las 10",
    "Por favor, no le avisen a ana@example.com que ya llegó",
    "No mandes un correo a ana@example.com que diga hola",
    "No abran un ticket por la impresora rota",
    "Don't schedule a visit tomorrow at 10",
    "Please do not send an email to ana@example.com that it is ready",
  ];
  const wanted = [
    "No se genera el reporte de ventas",
    "No abre la puerta del almacén",
    "No me manda el código la aplicación",
    "No puedo iniciar sesión, abre un ticket",
    "Avisa a ana@example.com que no manden nada",
    "The printer does not print",
    "Notify ana@example.com: do not send anything",
  ];
  assert.deepEqual(forbidden.filter((text) => !isForbidden(text)), []);
  assert.deepEqual(wanted.filter(isForbidden), []);
});
