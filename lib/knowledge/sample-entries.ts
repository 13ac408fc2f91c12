import type { Locale } from "./text/mod.ts";

interface SampleEntry {
  readonly title: string;
  readonly body: string;
  readonly locale: Locale;
  readonly tags: readonly string[];
}

/** The sample's business: invented, like its address and its numbers. */
export const SAMPLE_BUSINESS = {
  name: "Clima Norte",
  about: "Reparación e instalación de aire acondicionado y línea blanca en Monterrey",
  languages: ["es", "en"],
  timeZone: "America/Monterrey",
} as const;

export const SAMPLE_ENTRIES: readonly SampleEntry[] = [
  {
    title: "¿Cuál es su horario?",
    body:
      "Abrimos de lunes a viernes de 8:00 a 19:00 y los sábados de 9:00 a 14:00. Los domingos y días festivos está cerrado, salvo urgencias.",
    locale: "es",
    tags: ["horario"],
  },
  {
    title: "¿Dónde están ubicados?",
    body:
      "Estamos en Av. de los Talleres 1200, colonia Centro, Monterrey, N.L. Hay estacionamiento para clientes frente al taller.",
    locale: "es",
    tags: ["ubicacion"],
  },
  {
    title: "¿Qué zonas cubren las visitas a domicilio?",
    body:
      "Vamos a Monterrey, San Pedro, San Nicolás, Guadalupe, Santa Catarina, Apodaca y Escobedo. Fuera de esa zona se cobra el traslado: $12 por kilómetro.",
    locale: "es",
    tags: ["zonas", "visitas"],
  },
  {
    title: "¿Cuánto cuesta la visita de diagnóstico?",
    body:
      "La visita de diagnóstico cuesta $350 e incluye la revisión del equipo. Si acepta la reparación, se descuenta del total.",
    locale: "es",
    tags: ["precios", "visitas"],
  },
  {
    title: "¿Cuánto cuesta el mantenimiento de un minisplit?",
    body:
      "El mantenimiento de un minisplit de 1 o 1.5 toneladas cuesta $650; el de 2 toneladas, $800. Incluye lavado de filtros, serpentín y revisión de gas.",
    locale: "es",
    tags: ["precios", "mantenimiento"],
  },
  {
    title: "¿Cuánto cuesta instalar un minisplit?",
    body:
      "La instalación de un minisplit cuesta desde $1,800 con hasta 4 metros de tubería. Cada metro más cuesta $280. No incluye obra eléctrica.",
    locale: "es",
    tags: ["precios", "instalacion"],
  },
  {
    title: "¿Qué garantía dan?",
    body:
      "La mano de obra tiene 90 días de garantía y las refacciones, la del fabricante (de 6 a 12 meses). Conserve su nota o factura.",
    locale: "es",
    tags: ["garantia"],
  },
  {
    title: "¿Qué formas de pago aceptan?",
    body:
      "Aceptamos efectivo, transferencia y tarjetas de débito y crédito. Con tarjetas participantes hay 3 y 6 meses sin intereses en compras desde $3,000.",
    locale: "es",
    tags: ["pago"],
  },
  {
    title: "¿Dan factura?",
    body:
      "Sí, facturamos. Envíe su constancia de situación fiscal por este chat o por correo dentro del mismo mes y recibe su CFDI en 24 horas.",
    locale: "es",
    tags: ["factura"],
  },
  {
    title: "¿Atienden urgencias?",
    body:
      "Sí, las urgencias las atendemos todos los días de 7:00 a 22:00, también domingos. El servicio urgente tiene un cargo extra de $400 y llegamos en unas 3 horas.",
    locale: "es",
    tags: ["urgencias"],
  },
  {
    title: "¿Cómo cancelo o cambio mi cita?",
    body:
      "Puede cancelar o cambiar su cita sin costo hasta 4 horas antes, por este chat o por teléfono. Después se cobran $150.",
    locale: "es",
    tags: ["citas"],
  },
  {
    title: "¿Qué aparatos y marcas reparan?",
    body:
      "Reparamos minisplits, climas de ventana, refrigeradores, lavadoras y secadoras de Mabe, LG, Samsung, Whirlpool, Carrier y Mirage. No reparamos televisores ni hornos de microondas.",
    locale: "es",
    tags: ["marcas"],
  },
  {
    title: "What are your opening hours?",
    body:
      "We are open Monday to Friday from 8 am to 7 pm and Saturday from 9 am to 2 pm. Closed on Sundays and public holidays, except for emergencies.",
    locale: "en",
    tags: ["hours"],
  },
  {
    title: "Where are you located?",
    body:
      "Our workshop is at Av. de los Talleres 1200, Centro, Monterrey. There is free customer parking in front.",
    locale: "en",
    tags: ["location"],
  },
  {
    title: "How much is a diagnostic visit?",
    body:
      "A diagnostic visit is 350 pesos and includes checking the appliance. If you accept the repair, it is taken off the total.",
    locale: "en",
    tags: ["prices", "visits"],
  },
  {
    title: "How much does it cost to install an air conditioner?",
    body:
      "Installing a mini split starts at 1,800 pesos with up to 4 metres of pipe. Each further metre is 280 pesos. Electrical work is not included.",
    locale: "en",
    tags: ["prices", "installation"],
  },
  {
    title: "What warranty do you give?",
    body:
      "Our labour has a 90-day warranty. Spare parts have the manufacturer's, 6 to 12 months. Keep your receipt.",
    locale: "en",
    tags: ["warranty"],
  },
  {
    title: "How can I pay?",
    body:
      "Cash, bank transfer, and debit or credit cards. With participating cards you can pay in 3 or 6 months without interest from 3,000 pesos.",
    locale: "en",
    tags: ["payment"],
  },
  {
    title: "How do I cancel or change an appointment?",
    body:
      "You can cancel or move your appointment free of charge up to 4 hours before, in this chat or by phone. After that it is 150 pesos.",
    locale: "en",
    tags: ["appointments"],
  },
  {
    title: "Do you take emergency calls?",
    body:
      "Yes, emergencies are taken every day from 7 am to 10 pm, Sundays included. Urgent service costs 400 pesos more and we arrive in about 3 hours.",
    locale: "en",
    tags: ["emergencies"],
  },
];
