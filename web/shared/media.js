import { h } from "./dom.js";
import { icon } from "./icons.js";

/** Types that a browser shows without running anything of theirs; the server reads them from the bytes. */
const SHOWN = {
  "image/jpeg": "img",
  "image/png": "img",
  "image/gif": "img",
  "image/webp": "img",
  "audio/ogg": "audio",
  "audio/mpeg": "audio",
  "audio/mp4": "audio",
  "audio/wav": "audio",
  "video/mp4": "video",
  "video/webm": "video",
};
/** A larger picture is a download: nobody asked for so many bytes. */
const PICTURE_BYTES = 10_000_000;
/** Files kept at hand; the one looked at longest ago goes first. */
const KEPT = 60;

/**
 * Shows attachments: pictures when they come into view, sound and video when they are asked for, the rest as a
 * download. `blob(file)` reads the bytes as only an authorised request can; `save(file)` downloads them.
 */
export function createMedia({ blob, save, onGrow = () => {} }) {
  const urls = new Map();

  async function urlOf(file) {
    const known = urls.get(file.id);
    urls.delete(file.id);
    const url = known ??
      blob(file).then((bytes) => URL.createObjectURL(new Blob([bytes], { type: file.content_type })));
    urls.set(file.id, url);
    url.catch(() => urls.delete(file.id));
    if (urls.size > KEPT) drop(urls.keys().next().value);
    return await url;
  }

  function drop(id) {
    urls.get(id)?.then((url) => URL.revokeObjectURL(url), () => {});
    urls.delete(id);
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      target.dispatchEvent(new Event("seen"));
    }
  }, { rootMargin: "300px" });

  function named(file, sign, onclick) {
    return h("button", { type: "button", class: "file", onclick }, icon(sign, 16), file.name);
  }

  function picture(file) {
    const image = h("img", { class: "picture loading", alt: file.name });
    image.addEventListener("seen", async () => {
      image.addEventListener("load", () => {
        image.classList.remove("loading");
        onGrow();
      }, { once: true });
      image.addEventListener("error", () => image.remove(), { once: true });
      image.src = await urlOf(file).catch(() => image.remove()) ?? "";
    }, { once: true });
    seen.observe(image);
    return image;
  }

  function player(file, tag) {
    const play = named(file, "play", async () => {
      play.disabled = true;
      try {
        const element = h(tag, { class: "player", controls: true, autoplay: true, "aria-label": file.name });
        element.src = await urlOf(file);
        element.addEventListener("loadedmetadata", onGrow, { once: true });
        play.replaceWith(element);
      } catch {
        play.disabled = false;
        await save(file);
      }
    });
    return play;
  }

  return {
    /** The elements of one attachment. */
    show(file) {
      const tag = SHOWN[file.content_type];
      const download = named(file, "clip", () => save(file));
      if (tag === "img") return file.size > PICTURE_BYTES ? [download] : [picture(file), download];
      return tag === undefined ? [download] : [player(file, tag), download];
    },
    /** Gives the memory of all files back; what is on the page keeps what it shows. */
    clear() {
      for (const id of [...urls.keys()]) drop(id);
    },
  };
}
