import assert from "node:assert/strict";
import { spell } from "../../../lib/watson/spelling.ts";

const MEANT = {
  "Ola, quiero avrir un tiket": "hola, quiero abrir un ticket",
  "kiero lebantar un reporte": "quiero levantar un reporte",
  "la inpresora de la ofisina": "la impresora de la oficina",
  "nesecito ajendar una bisita el biernes": "necesito agendar una visita el viernes",
  "el informe de yamadas en exel": "el informe de llamadas en excel",
  "grasias": "gracias",
  "i wnat to opne a tikcet": "i want to open a ticket",
  "my labtop is brocken, its urgnt": "my laptop is broken, its urgent",
  "can somone come tomorow": "can someone come tomorrow",
  "schedle a vist on teusday": "schedule a visit on tuesday",
} as const;

Deno.test("words that are written as they sound, or with a slip of the fingers, are what was meant", () => {
  for (const [written, meant] of Object.entries(MEANT)) assert.equal(spell(written), meant);
});

Deno.test("words that are none of the vocabulary and like none stay, and so do numbers, addresses and names", () => {
  const kept = [
    "la casa de mi mesa no tiene cinta ni papel y el perro corre",
    "color calor carro cerro puerta coche botella silla ventana pared techo piso cable luz agua",
    "the window of my house is dirty and the door makes noise",
    "t-1042 8112345678 qwxzv plmkj",
    "",
  ];
  for (const text of kept) assert.equal(spell(text), text);
});
