import type { Lexicon } from "./lexicon.ts";

/** Spanish as customers of a service write it. Words stand for their inflections; accents don't matter. */
export const SPANISH: Lexicon = {
  words: {
    "-3":
      "pesimo horrible terrible espantoso asqueroso inutil estafa estafador fraude robo ladron ladrones " +
      "mentiroso odio odiar furioso harto indignante inaceptable vergonzoso desastre porqueria basura " +
      "nefasto denunciar demandar demanda profeco engaño engañar engañado abuso abusivo maldito peor",
    "-2": "malo mala mal grosero groseria molesto molestia enojado enojo enfadado decepcion decepcionado " +
      "decepcionante frustrado frustrante desesperado desesperante incompetente irresponsable mentir mintieron " +
      "mintio queja quejar reclamo reclamar cancelar fuga inundar inundacion roto rota quebrado defectuoso " +
      "descompuesto descomponer fallar falla estropeado dañado daño golpeado rayado sucio colgo colgaron " +
      "insulto maltrato ofensivo lamentable deficiente injusto enoja caos urge urgente exijo exigir " +
      "negligente incumplir perdida preocupado preocupante arrepentido triste ridiculo absurdo " +
      "patetico burla reembolso peligro peligroso quemado gotear golpe negaron",
    "-1":
      "problema error demora demorar tardar tardan retraso lento espera esperar esperando nadie jamas nunca " +
      "caro confuso complicado dificil incomodo ruido ruidoso averia falta faltar " +
      "apaga cobraron olvidaron perder perdieron desgracia",
    "1":
      "bien bueno buena facil correcto util listo claro comodo solucion arreglado arreglar resuelto resolver " +
      "mejor puntual limpio cumplir amable amabilidad cordial atento conforme sirve barato rapido rapidez",
    "2":
      "contento satisfecho agradecer agradecido agradable gustar gusto gusta encantado felicidades felicitar " +
      "recomendar recomendable recomendado profesional eficiente eficaz genial fantastico alegre alegria calidad " +
      "orgulloso confiable impecable paciencia bravo bonito lindo",
    "3": "excelente perfecto maravilloso increible estupendo magnifico feliz encantar encanto amor amo " +
      "extraordinario espectacular buenisimo excepcional inmejorable",
  },
  phrases: {
    "falta de respeto": -3,
    "no sirve": -2,
    "no sirvio": -2,
    "no me sirve": -2,
    "no me sirvio": -2,
    "gracias por nada": -2,
    "sin respuesta": -2,
    "cancelar la cita": 0,
    "cancelar mi cita": 0,
    "cancelar una cita": 0,
    "cancelar la visita": 0,
    "cancelar mi visita": 0,
    "cancelar una visita": 0,
    "no funciona": -2,
    "no enfria": -1.5,
    "no prende": -1.5,
    "no enciende": -1.5,
    "no contesta": -2,
    "no contestan": -2,
    "no me contesta": -2,
    "no responde": -2,
    "no responden": -2,
    "sin resolver": -2,
    "sigue sin": -2,
    "sigo sin": -2,
    "siguen sin": -2,
    "seguimos sin": -2,
    "no llego": -1.5,
    "no aparece": -2,
    "se volvio a": -1.5,
    "otra vez": -0.7,
    "cuarta vez": -1.5,
    "tercera vez": -1.5,
    "segunda vez": -1,
    "dos veces": -1,
    "cada rato": -1.5,
    "esperaba mas": -2,
    "esperaba mucho mas": -2,
    "mi dinero": -1,
    "no vuelvo": -2,
    "vale la pena": 2.5,
    "cien por ciento": 0.5,
    "a la primera": 1.5,
    "ya quedo": 1.5,
    "quedo muy": 0.5,
    "buen precio": 1.5,
    "buenos dias": 0,
    "buenas tardes": 0,
    "tarde": 0,
    "llego tarde": -1.5,
    "llegaron tarde": -1.5,
    "buenas noches": 0,
    "buen dia": 0,
    "mal entendido": -0.5,
    "esta bien": 0.3,
    "mejor el": 0,
    "mejor la": 0,
    "mejor a las": 0,
    "muchas gracias": 1.2,
    "mil gracias": 2,
    "gracias": 0.5,
    "con gusto": 0.3,
    "por favor": 0,
    "los mejores": 3,
    "el mejor": 3,
    "la mejor": 3,
  },
  negators: ["no", "ni", "sin", "nunca", "jamas", "tampoco", "nada", "ningun", "ninguna", "ninguno", "nadie"],
  boosters: [
    "muy",
    "mucho",
    "mucha",
    "super",
    "tan",
    "tanto",
    "demasiado",
    "bastante",
    "totalmente",
    "realmente",
    "sumamente",
    "extremadamente",
    "completamente",
    "re",
    "bien",
  ],
  dampers: ["algo", "apenas", "medio", "ligeramente"],
  turns: ["pero", "aunque", "sino", "embargo", "mas"],
};
