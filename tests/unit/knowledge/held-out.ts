import { asked, type AskedQuestion } from "./questions.ts";

/** Another business, whose questions were written before any tuning and are never tuned on. */
export const HELD_OUT_ENTRIES = [
  {
    title: "¿Hacen pasteles sobre pedido?",
    body: "Sí. Los pasteles sobre pedido se encargan con 3 días de anticipación y un anticipo del 50 %.",
    locale: "es" as const,
  },
  {
    title: "Precios de pasteles",
    body:
      "Pastel chico (10 personas) $320, mediano (20 personas) $540, grande (40 personas) $980. El fondant cuesta $200 más.",
    locale: "es" as const,
  },
  {
    title: "Horario de la panadería",
    body: "Abrimos todos los días de 7:00 a 21:00; el 25 de diciembre y el 1 de enero cerramos.",
    locale: "es" as const,
  },
  {
    title: "Entregas a domicilio",
    body: "Entregamos en un radio de 8 km. El envío cuesta $60 y es gratis en compras mayores a $500.",
    locale: "es" as const,
  },
  {
    title: "¿Tienen opciones sin gluten o veganas?",
    body:
      "Tenemos pan de arroz sin gluten los martes y jueves, y galletas veganas a diario. La cocina no está libre de trazas.",
    locale: "es" as const,
  },
  {
    title: "¿Puedo devolver un producto?",
    body:
      "Si algo no llegó en buen estado, mándenos una foto el mismo día y se lo cambiamos o le devolvemos su dinero.",
    locale: "es" as const,
  },
  {
    title: "Cursos de repostería",
    body:
      "Hay cursos los sábados de 10:00 a 13:00, $450 por persona con materiales. El cupo es de 8 personas.",
    locale: "es" as const,
  },
  {
    title: "Café y desayunos",
    body: "Servimos café de Chiapas, chilaquiles y molletes hasta las 12:30.",
    locale: "es" as const,
  },
  {
    title: "Do you make wedding cakes?",
    body:
      "Yes. We need four weeks' notice. A tasting of three flavours is 250 pesos and is taken off the price.",
    locale: "en" as const,
  },
  {
    title: "Delivery",
    body: "We deliver within 8 km for 60 pesos, free from 500 pesos.",
    locale: "en" as const,
  },
  {
    title: "Gluten free and vegan options",
    body:
      "Gluten-free rice bread on Tuesdays and Thursdays; vegan cookies every day. Our kitchen is not free of traces.",
    locale: "en" as const,
  },
  {
    title: "Can I pay by card?",
    body: "We take cards, cash and bank transfer; no cheques.",
    locale: "en" as const,
  },
];

export const HELD_OUT: readonly AskedQuestion[] = [
  ...asked(
    ["¿Hacen pasteles sobre pedido?"],
    "quiero encargar un pastel",
    "hacen pasteles por pedido?",
    "con cuántos días de anticipación pido mi pastel",
  ),
  ...asked(
    ["Precios de pasteles"],
    "cuánto cuesta un pastel grande",
    "precio de pastel para 20 personas",
    "que precio tiene el pastel mediano",
    "cuanto cuestan los pasteles",
  ),
  ...asked(
    ["Horario de la panadería"],
    "a que hora cierran",
    "abren el 25 de diciembre?",
    "horario",
    "what time do you close?",
    "estan abiertos mañana",
  ),
  ...asked(
    ["Entregas a domicilio", "Delivery"],
    "hacen envíos?",
    "entregan a domisilio",
    "cuánto cuesta el envío",
    "do you deliver?",
    "how much is shipping",
    "tienen servicio a domicilio",
  ),
  ...asked(
    ["¿Tienen opciones sin gluten o veganas?", "Gluten free and vegan options"],
    "tienen pan sin gluten",
    "algo vegano?",
    "do you have vegan cookies",
    "gluten free bread?",
    "galletas beganas",
  ),
  ...asked(
    ["¿Puedo devolver un producto?"],
    "mi pastel llegó roto, me devuelven el dinero?",
    "aceptan devoluciones",
    "can I get a refund",
  ),
  ...asked(
    ["Cursos de repostería"],
    "dan cursos?",
    "cuánto cuesta el curso de repostería",
    "cursos de reposteria los sabados",
    "baking course price",
  ),
  ...asked(["Café y desayunos"], "sirven desayunos?", "tienen cafe", "chilaquiles"),
  ...asked(
    ["Do you make wedding cakes?"],
    "wedding cakes?",
    "I'm getting married, do you bake wedding cakes?",
    "can we taste the cake flavours first",
  ),
  ...asked(
    ["Can I pay by card?"],
    "can i pay with a card",
    "aceptan tarjetas",
    "do you accept cash?",
    "pago con transferencia",
  ),
  ...asked(
    null,
    "buenos días",
    "muchas gracias, hasta luego",
    "arreglan lavadoras?",
    "how do I reset my password",
    "cuánto cuesta instalar un minisplit",
    "tienen habitaciones disponibles",
    "me duele una muela, tienen cita?",
    "what's the exchange rate of the dollar",
    "who won the world cup",
    "vendes seguros de auto",
    "dónde compro boletos para el concierto",
    "translate this to French",
    "qué hora es en Tokio",
    "tienen trabajo para mí",
    "do you repair phones?",
    "cómo está el clima",
    "cuántos habitantes tiene Monterrey",
    "recomiéndame una película",
    "is the museum open",
    "cuanto mide la torre eiffel",
  ),
];
