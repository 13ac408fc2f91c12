const PATHS = {
  up: "M7 10v10H4V10zm0 0 4-7c1.6 0 2.5 1 2.5 2.5L13 9h5.2a2 2 0 0 1 2 2.4l-1.3 7a2 2 0 0 1-2 1.6H7",
  down: "M7 14V4H4v10zm0 0 4 7c1.6 0 2.5-1 2.5-2.5L13 15h5.2a2 2 0 0 0 2-2.4l-1.3-7a2 2 0 0 0-2-1.6H7",
  clip: "M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.8 1.8 0 0 1-2.6-2.6l7.6-7.6",
  play: "M7 4.5v15l12-7.5z",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2.5h-15zM10 21h4",
  mute: "M6 16V11a6 6 0 0 1 9-5.2M18 11v5l1.5 2.5h-15L6 16M10 21h4M4 3l17 18",
};

/** A drawn sign; fonts without emoji show it too. What it means is said by the button's own label. */
export function icon(name, size = 18) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  for (
    const [key, value] of Object.entries({
      viewBox: "0 0 24 24",
      width: size,
      height: size,
      "aria-hidden": "true",
    })
  ) {
    svg.setAttribute(key, value);
  }
  const look = {
    d: PATHS[name],
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.8,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  };
  for (const [key, value] of Object.entries(look)) path.setAttribute(key, value);
  svg.append(path);
  return svg;
}
