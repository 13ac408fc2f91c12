/** Why something was refused, by the code of the problem, in the words of who reads the page. */
export const FAULTS = {
  es: {
    fault_unreachable: "no hay conexión con el servidor",
    fault_conflict: "ya no está como lo ves; alguien lo cambió",
    fault_idempotency_in_progress: "todavía se está guardando; inténtalo otra vez",
    fault_not_found: "ya no existe",
    fault_forbidden: "tu cuenta no tiene permiso",
    fault_payload_too_large: "es demasiado grande",
    fault_unsupported_media_type: "ese tipo de archivo no se admite",
    fault_internal: "algo falló en el servidor",
    fault_busy: "el servidor está muy ocupado; inténtalo otra vez",
    fault_storage_full: "el servidor no tiene espacio",
    fault_shutting_down: "el servidor se está reiniciando; inténtalo otra vez",
  },
  en: {
    fault_unreachable: "the server can't be reached",
    fault_conflict: "it is no longer as you see it; somebody changed it",
    fault_idempotency_in_progress: "it is still being saved; try again",
    fault_not_found: "it is no longer there",
    fault_forbidden: "your account may not do that",
    fault_payload_too_large: "it is too large",
    fault_unsupported_media_type: "files of this type are not taken",
    fault_internal: "something went wrong on the server",
    fault_busy: "the server is very busy; try again",
    fault_storage_full: "the server has no space left",
    fault_shutting_down: "the server is restarting; try again",
  },
};

/** "That failed: …", with what the server said where this page has no words of its own for it. */
export function failure(texts, error) {
  const own = `fault_${error.code}`;
  return texts.say("failed", { why: texts.has(own) ? texts.say(own) : error.message });
}
