import { type Locale, LOCALES } from "./language.ts";
import { stem } from "./stem.ts";

/**
 * What customers ask any business about, in other words than the business wrote: "¿a qué hora abren?" finds
 * "Horario", and an English question finds a Spanish entry. Folded words; each counts less than its own match.
 */
const CONCEPTS = {
  price: {
    es: "precio costo coste cuesta cuestan cobran cobra cobrar vale valen tarifa tarifas",
    en: "price cost charge fee rate rates expensive cheap pricing",
  },
  hours: {
    es:
      "horario hora horas abren abre abrir abierto abiertos cierran cierra cerrar cerrado atienden atencion",
    en: "hour hours open opening close closing closed schedule",
  },
  place: {
    es: "ubicacion ubicados ubican direccion domicilio encuentran donde sucursal sucursales",
    en: "location located address where branch branches directions",
  },
  payment: {
    es: "pago pagar pagos abonar tarjeta efectivo transferencia deposito",
    en: "pay payment paying card cash transfer deposit",
  },
  instalments: {
    es: "mensualidades meses plazos credito financiamiento",
    en: "installments instalments financing credit monthly",
  },
  guarantee: { es: "garantia garantizan garantizado", en: "guarantee warranty guaranteed" },
  booking: {
    es: "cita citas agendar agenda reservar reserva reservacion programar apartar",
    en: "appointment book booking schedule reserve reservation",
  },
  visit: { es: "visita visitas visitar", en: "visit visits visiting" },
  cancel: {
    es: "cancelar cancelo cancelacion reagendar reprogramar posponer",
    en: "cancel cancellation reschedule postpone",
  },
  refund: {
    es: "devolucion devolver devuelven reembolso reembolsar regresar",
    en: "refund return returns reimburse",
  },
  delivery: {
    es: "envio envios enviar entrega entregan entregar paqueteria",
    en: "delivery deliver ship shipping",
  },
  phone: {
    es: "telefono celular numero llamar llamo whatsapp contacto",
    en: "phone number call cellphone whatsapp contact",
  },
  mail: { es: "correo email mail", en: "email mail" },
  invoice: { es: "factura facturas facturan facturar facturacion cfdi", en: "invoice invoices receipt" },
  repair: {
    es:
      "reparar reparan reparacion arreglar arreglan arreglo componer componen descompuesto descompuso falla",
    en: "repair repairs fix fixing broken broke",
  },
  install: { es: "instalar instalan instalacion colocar", en: "install installing installation setup" },
  upkeep: {
    es: "mantenimiento limpieza limpiar lavado lavar",
    en: "maintenance cleaning clean tune servicing",
  },
  cooling: {
    es: "clima climas minisplit aire acondicionado",
    en: "ac aircon conditioner conditioning split",
  },
  urgent: { es: "urgencia urgencias urgente emergencia emergencias", en: "emergency emergencies urgent" },
  discount: {
    es: "descuento descuentos promocion promociones oferta rebaja",
    en: "discount discounts promotion deal coupon",
  },
  quote: { es: "cotizacion cotizar cotizan presupuesto", en: "quote estimate quotation" },
  parts: { es: "refaccion refacciones repuesto repuestos pieza piezas", en: "part parts spare spares" },
  brand: { es: "marca marcas", en: "brand brands" },
  staff: { es: "tecnico tecnicos personal empleados", en: "technician technicians staff employees" },
  coverage: {
    es: "zona zonas cobertura municipio municipios colonia ciudad",
    en: "area areas coverage zone city cities",
  },
  parking: { es: "estacionamiento estacionar cochera", en: "parking park" },
  weekend: {
    es: "sabado sabados domingo domingos",
    en: "saturday saturdays sunday sundays weekend weekends",
  },
  holiday: { es: "festivo festivos feriado feriados", en: "holiday holidays" },
  fridge: { es: "refrigerador refrigeradores refri nevera", en: "refrigerator fridge fridges" },
  washer: { es: "lavadora lavadoras", en: "washer washers washing laundry" },
  used: { es: "usado usados seminuevo seminuevos", en: "used secondhand" },
  duration: { es: "tarda tardan tardar demora demoran tiempo dura", en: "long take takes duration last" },
} as const satisfies Record<string, Record<Locale, string>>;

const conceptOfStem = new Map<string, string>();
for (const [name, byLocale] of Object.entries(CONCEPTS)) {
  for (const locale of LOCALES) {
    for (const word of byLocale[locale].split(" ")) {
      const key = stem(word, locale);
      if (!conceptOfStem.has(key)) conceptOfStem.set(key, name);
    }
  }
}

/** The concept that one of the stems belongs to, or null. */
export function conceptOf(stems: readonly string[]): string | null {
  for (const each of stems) {
    const concept = conceptOfStem.get(each);
    if (concept !== undefined) return concept;
  }
  return null;
}

/** What an entry speaks of without a word for it: "How much is a visit?" is of its price. */
const PHRASES = [
  [
    "price",
    /\bhow much (?:is|are|for|do you (?:charge|ask))\b|\bcu[aá]nto (?:es|sale|salen) (?:el|la|los|las|un|una)\b/iu,
  ],
] as const satisfies readonly (readonly [keyof typeof CONCEPTS, RegExp])[];

/** The concepts that a text's phrases speak of. */
export function saidInPhrases(text: string): string[] {
  return PHRASES.filter(([, phrase]) => phrase.test(text)).map(([concept]) => concept);
}
