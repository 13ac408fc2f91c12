/** Words that say nothing about the matter, folded: articles, pronouns, courtesies, fillers. */
const NOISE = `
  a al algo alguien algun alguna algunas alguno algunos ante asi aun aunque cada como con contra cual cuales cualquier de del desde
  dicho e el ella ellas ello ellos en entre era eran eres es esa esas ese eso esos esta estaba estaban estado estamos estan estar
  estas este esto estos estoy fue fueron ha haber habia han has hasta hay he hemos i la las le les lo los mas me mi mia mias mio
  mios mis misma mismo mucha muchas mucho muchos muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras otro
  otros para pero poco podemos podria podrian por porque pues que quien quienes se sea sean ser si sido sin sobre sois solo somos
  son soy su sus suya suyo tal tambien tan tanto te ti toda todas todo todos tu tus u un una unas uno unos usted ustedes va vamos
  van varias varios voy y ya yo
  hola buenas buenos gracias favor porfa porfavor porfis disculpe disculpa disculpen perdon oye oiga oigan mande saludos joven
  senor senora senorita amigo amiga amigos quisiera quiero queria quieren gustaria gusta saber sabe saben pregunta preguntar duda
  dudas consulta informacion info ayudar ayuda ayudame ayudarme decir digan dime dice diganme podrian puedes puede pueden puedo
  necesito necesitamos ando ok okay bueno bien claro jaja verdad mira entonces ahorita nomas igual favorcito
  an and any are aren at be been being but by can could couldn did didn do does doesn doing don for from had has have having he her
  here hers him his how i if im in into is isn it its just me more most my no nor not of off on once only or other our ours out over
  own please really s same she should so some such t than that the their them then there these they this those through to too under
  until up us very was wasn we were what which who whom why will with won would wouldn you your yours
  hello hi hey thanks thank thx pls plz dear sir madam want wanted wanna need like know tell help question info information wonder
  wondering also let ve ll re d m yes yeah hows
`;

/** Words that carry part of the question when nothing better is there. */
const WEAK = `
  cuando cuanto cuanta cuantos cuantas donde adonde tengo tiene tienen tienes tener hace hacen haces hacer hago dan dar doy usar uso
  vez veces cosa cosas parte tipo tipos forma manera siempre nunca ahora antes despues mejor bueno buena nuevo nueva gran grande ver
  ir viene vienen venir cerca lejos dentro fuera largo pasa pasar trabajan trabaja manejan maneja cuentan cuenta ofrecen
  ofrece empresa negocio servicio servicios casa
  acepta aceptan aceptas sirve sirven llega llegan llego vengan venga hoy manana ayer metodo metodos forma formas precisa necesita
  podemos lleva llevan alguien tienda
  when where much many get gets got getting make makes go goes going come comes take takes thing things way time times always never
  now before after best better new big see use using long near far offer offers work works give company business service services
  house home show about accept accepts today tomorrow yesterday method methods long shop store
`;

const noise = new Set(NOISE.trim().split(/\s+/));
const weak = new Set(WEAK.trim().split(/\s+/));
export const WEAK_WEIGHT = 0.2;

/** How much of a question hangs on a folded word: 0 for noise, 1 for content. */
export function wordWeight(word: string): number {
  if (noise.has(word)) return 0;
  if (word.length === 1 && !/[\d\p{Script=Han}]/u.test(word)) return 0;
  return weak.has(word) ? WEAK_WEIGHT : 1;
}
