import type { AskedQuestion } from "./questions.ts";

/** A third business. Its questions were written last and measured once: no weight or word list was changed for them. */
export const FRESH_ENTRIES = [
  {
    title: "¿Cuánto cuesta una limpieza dental?",
    body: "La limpieza dental cuesta $700 e incluye revisión y flúor. Dura unos 40 minutos.",
    locale: "es" as const,
  },
  {
    title: "Ortodoncia y brackets",
    body:
      "Los brackets metálicos cuestan desde $18,000 el tratamiento completo; los alineadores, desde $32,000. Hay pagos mensuales.",
    locale: "es" as const,
  },
  {
    title: "¿Qué hago si tengo dolor de muela?",
    body:
      "Llámenos: dejamos lugares libres cada día para dolor fuerte. Fuera de horario hay guardia hasta las 23:00.",
    locale: "es" as const,
  },
  {
    title: "Seguros aceptados",
    body: "Trabajamos con los seguros Dentegra, MetLife y GNP. Traiga su tarjeta y una identificación.",
    locale: "es" as const,
  },
  {
    title: "¿Atienden niños?",
    body:
      "Sí, la doctora Salas es odontopediatra y atiende niños desde los 2 años, martes y jueves por la tarde.",
    locale: "es" as const,
  },
  {
    title: "Blanqueamiento",
    body:
      "El blanqueamiento en consultorio cuesta $3,500 en una sesión de hora y media. No se recomienda en el embarazo.",
    locale: "es" as const,
  },
  {
    title: "Cómo llegar",
    body:
      "Calle Hidalgo 45, segundo piso, junto a la farmacia. La parada del metro Zaragoza queda a dos cuadras.",
    locale: "es" as const,
  },
  {
    title: "Implants",
    body: "A dental implant with its crown is 22,000 pesos. The whole treatment takes three to six months.",
    locale: "en" as const,
  },
  {
    title: "Do you speak English?",
    body: "Yes, Dr. Salas and the front desk speak English.",
    locale: "en" as const,
  },
];

const asked = (expect: readonly string[] | null, ...asks: string[]): AskedQuestion[] =>
  asks.map((ask) => ({ ask, expect }));

export const FRESH: readonly AskedQuestion[] = [
  ...asked(
    ["¿Cuánto cuesta una limpieza dental?"],
    "precio de limpieza",
    "cuánto cobran por una limpieza",
    "how much is a cleaning",
    "que incluye la limpieza",
  ),
  ...asked(
    ["Ortodoncia y brackets"],
    "ponen brackets?",
    "cuanto cuestan los brakets",
    "precio de los alineadores",
    "hacen ortodoncia",
  ),
  ...asked(
    ["¿Qué hago si tengo dolor de muela?"],
    "me duele una muela",
    "tengo un dolor muy fuerte de muela",
    "dolor de muela urgente",
  ),
  ...asked(
    ["Seguros aceptados"],
    "aceptan seguro MetLife?",
    "con que seguros trabajan",
    "aceptan mi seguro de gnp",
  ),
  ...asked(
    ["¿Atienden niños?"],
    "atienden a niños pequeños",
    "mi hija tiene 3 años, la atienden?",
    "tienen dentista para ninos",
  ),
  ...asked(
    ["Blanqueamiento"],
    "cuánto cuesta el blanqueamiento",
    "blanqueamento dental precio",
    "puedo blanquear mis dientes embarazada",
  ),
  ...asked(
    ["Cómo llegar"],
    "en qué calle están",
    "como llego en metro",
    "dónde queda el consultorio",
    "direccion",
  ),
  ...asked(
    ["Implants"],
    "dental implant price",
    "how long does an implant take",
    "cuanto cuesta un implante",
  ),
  ...asked(["Do you speak English?"], "do you speak english?", "is there an English speaking dentist"),
  ...asked(
    null,
    "venden lentes?",
    "cuánto cuesta un perro chihuahua",
    "a qué hora sale el tren a Puebla",
    "do you fix cars",
    "necesito una receta para la presión",
    "hacen tatuajes",
    "quién inventó el teléfono",
    "what's your favourite film",
    "tienen wifi",
    "cómo hago una transferencia a otro banco",
    "rentan salones de fiestas",
    "cuánto es 25 por 4",
    "I want to sell my house",
    "tengo fiebre y tos",
    "book a hotel in Cancun",
  ),
];
