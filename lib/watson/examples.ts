import type { Example } from "./classify.ts";
import type { Intent } from "./intents.ts";
import { examplesOf, POLITE } from "./polite-examples.ts";

/** What people say for each intent, in Spanish and English. `none` is what nobody here is asked to do. */
const SHIPPED = {
  create_ticket: `
    Quiero abrir un ticket
    Abre un ticket, por favor
    Necesito crear un ticket porque la impresora no funciona
    Levanta un reporte de falla
    Registra una incidencia: no hay internet en la oficina
    Tengo un problema con mi equipo
    Mi computadora no enciende
    La impresora no imprime
    El sistema marca un error al entrar
    Se descompuso el aire acondicionado
    No puedo iniciar sesión en la plataforma
    Quiero reportar una fuga de agua
    Quisiera levantar una queja
    Hay una avería en el elevador
    Dejó de funcionar el correo
    La cafetera no me sirve
    El horno no prende y no calienta
    No ha llegado mi pedido
    El técnico vino ayer y no lo arregló
    Necesito soporte técnico, la red está caída
    El proyector está roto, crea un caso
    Nuevo ticket urgente: servidor caído
    Genera un ticket para el cliente con el problema del módem
    Open a ticket
    Please create a ticket for a broken printer
    I need to report an issue with my laptop
    My computer does not turn on
    The printer does not print
    Log an incident: the network is down
    The air conditioner is broken
    I can't log in to the portal
    Something is wrong with the elevator, raise a case
    I have a problem with the billing page
    Report a bug in the app
    There is a water leak in room 12
    The email stopped working
    The technician came yesterday and did not fix it
    I want to file a complaint
    New urgent ticket, the server is down`,
  schedule_visit: `
    Quiero agendar una visita
    Agenda una visita técnica para mañana a las 10
    Programa una visita el lunes a las 15:00
    ¿Pueden venir a revisarlo el viernes?
    Necesito una cita con un técnico
    Manden un técnico a mi domicilio pasado mañana
    ¿Cuándo puede venir alguien a instalarlo?
    Reserva una cita para instalación el 3 de diciembre
    Quisiera que un técnico viniera a casa
    Me gustaría programar un mantenimiento en sitio
    Agendar visita de mantenimiento para el cliente
    Haz una cita para la próxima semana
    ¿Tienen horario para una visita el jueves por la tarde?
    Schedule a visit
    Schedule a technician visit for tomorrow at 10
    Book an appointment on Monday at 3 pm
    Can someone come by on Friday to fix it?
    I need a technician at my place
    Please send somebody to the site next week
    Arrange an on-site visit for the installation
    When can a technician come?
    Set up a maintenance visit for December 3rd
    I would like to book a visit
    Plan an appointment with the engineer on Thursday afternoon
    Is there a free slot for a visit tomorrow?`,
  reschedule_visit: `
    Cambia la visita al lunes a las 12
    Cambia mi cita para el martes
    Mueve la cita para el lunes
    Mueve mi visita a las 4 de la tarde
    Reagenda mi visita
    Reagenda la cita para mañana a las 9
    Quiero reprogramar la visita
    Necesito cambiar la hora de mi cita
    Pospón la visita para la próxima semana
    ¿Podemos pasar la visita al jueves?
    Adelanta la cita al viernes
    No puedo ese día, cambia la fecha de la visita
    Reschedule my visit
    I need to reschedule my appointment to Monday
    Move the visit to Friday at 10
    Move my appointment to next week
    Change my appointment to Tuesday
    Change the time of the visit
    Postpone the visit until Thursday
    Can we move the appointment to another day?
    I can't make it, please pick another date for the visit`,
  cancel_visit: `
    Cancela la visita
    Cancela mi cita
    Cancela la cita del viernes
    Quiero cancelar la visita
    Quiero cancelar mi cita de mañana
    Anula la visita del técnico
    ¿Me cancelan la cita, por favor?
    Ya no necesito la visita
    Ya no vengan, cancelen la visita
    Da de baja mi cita
    Que ya no venga el técnico
    Cancel the visit
    Cancel my appointment
    Cancel the appointment on Friday
    I want to cancel my visit
    I need to cancel tomorrow's appointment
    I no longer need the visit
    The technician need not come any more
    Call off the visit`,
  send_notification: `
    Envía un correo a ana@example.com
    Manda un correo a soporte diciendo que ya llegó el pedido
    Avisa a luis@example.com que la reunión se mueve a las 5
    Notifica al cliente que su equipo está listo
    Manda un SMS al 8112345678
    Envía un mensaje de WhatsApp al +5218112345678
    Escríbele a Ana por correo que su pedido va en camino
    Mándale un aviso al operador de guardia
    Notifica por Slack que el servidor volvió
    Quiero enviar una notificación
    Dile a pedro@example.com que el contrato está firmado
    Avísale por mensaje que el técnico va en camino
    Send an email to ana@example.com
    Send a message to the customer that the device is ready
    Notify luis@example.com that the meeting moved to 5
    Text +15551234567 that we are on our way
    Send an SMS to 5551234567
    Send a notification
    Email the team that the server is back
    Let ana@example.com know that her order has shipped
    Send a WhatsApp to the client
    Tell pedro@example.com by email that the contract is signed
    Post to Slack that the deployment is done`,
  generate_report: `
    Genera un reporte de tickets
    Quiero el reporte de tickets de esta semana
    Dame un informe de llamadas del mes pasado en excel
    Necesito un reporte de operadores
    Hazme un informe de conversaciones de hoy en PDF
    Descarga el informe de SLA de noviembre
    Exporta los tickets de este mes a Excel
    Reporte semanal de la mesa de ayuda
    Quiero estadísticas de los tickets del último mes
    Prepara el informe mensual para dirección
    Sácame un CSV con las llamadas de ayer
    Generar reporte
    Generate a report
    I want the ticket report of this week
    Give me a report on calls for last month in excel
    I need an operators report
    Make a report of today's conversations as PDF
    Export this month's tickets to Excel
    Weekly help desk report
    Download the SLA report for November
    I want statistics on tickets of the last month
    Prepare the monthly report for management
    A CSV of yesterday's calls, please
    Build a report about response times`,
  query_status: `
    ¿Cómo va mi ticket 123?
    Estado del ticket T-45
    ¿En qué estado está el ticket 7?
    Quiero saber cómo va mi caso 88
    ¿Qué pasó con mi reporte T-12?
    ¿Ya resolvieron el ticket 301?
    Consulta el ticket 15
    Dame el estatus del folio 200
    Seguimiento de mi ticket
    ¿Hay novedades de mi solicitud?
    ¿Quién atiende el ticket T-9?
    Quisiera revisar el avance de mi ticket
    ¿Ya está listo mi informe?
    ¿Ya está el reporte que pedí?
    ¿Dónde está mi reporte?
    ¿Cómo va el informe?
    Pásame el enlace del informe que pedí
    Status of ticket 123
    What is the status of T-45?
    How is my ticket going?
    Is ticket 301 solved yet?
    Check ticket 15
    Any news on my case 88?
    What happened with my request T-12?
    Who is working on ticket 7?
    Track my ticket
    I want to know the progress of ticket 200
    Has my case been closed?
    Is my report ready?
    Is the report done yet?
    Where is the report that I asked for?
    How is my report going?
    Give me the link to my report`,
  greeting: `
    Hola
    Qué tal
    Hola, cómo estás
    Hey
    Saludos
    Hello
    Hi
    Hi there
    Hey there
    Greetings
    How are you
    Hola a todos
    Gracias
    Muchas gracias
    Thanks
    Thank you very much
    Adiós
    Bye
    Hasta luego`,
  help: `
    Ayuda
    ¿Qué puedes hacer?
    ¿En qué me puedes ayudar?
    ¿Cómo funciona esto?
    Opciones
    Menú
    ¿Qué sabes hacer?
    No sé qué pedir
    Help
    What can you do?
    How can you help me?
    How does this work?
    Options
    Menu
    What are my options?
    Show me what you can do`,
  cancel: `
    Cancela
    Cancelar
    Ya no
    Olvídalo
    Mejor no
    Déjalo así
    No quiero seguir
    Cancel
    Never mind
    Forget it
    Stop
    I changed my mind
    Leave it`,
  none: `
    ¿Qué hora es?
    Cuéntame un chiste
    ¿Quién ganó el partido?
    ¿Cuál es la capital de Francia?
    Me gusta el chocolate
    ¿Va a llover mañana?
    Recomiéndame una película
    ¿Cuánto es dos más dos?
    Traduce esto al inglés
    Quiero comprar una pizza
    ¿A qué hora abren?
    ¿Cuánto cuesta el servicio?
    Borra todos los tickets
    Elimina al cliente
    Borra la visita
    Cierra el ticket 5
    Cancela el ticket 5
    Cancela mi suscripción
    Quiero cancelar la factura
    Cambia mi contraseña
    ¿Sigue en pie la visita de mañana?
    Asigna el ticket a Ana
    What time is it?
    Tell me a joke
    Who won the game?
    What is the capital of France?
    I like chocolate
    Will it rain tomorrow?
    Recommend me a movie
    How much is two plus two?
    Translate this to Spanish
    I want to buy a pizza
    What are your opening hours?
    How much does it cost?
    Delete all tickets
    Remove the customer
    Delete the visit
    Close ticket 5
    Cancel ticket 5
    Cancel my subscription
    I want to cancel the invoice
    Change my address
    Is my visit still on for tomorrow?
    Assign the ticket to Ana
    Sing a song for me
    Do you have a girlfriend?`,
} as const satisfies Record<Intent, string>;

export const EXAMPLES: readonly Example[] = [...examplesOf(SHIPPED), ...examplesOf(POLITE)];
