// Each figure can be taken along, as SVG and as PNG: in the colors of the page, with its fonts inside.

import { element } from "./live.js";

const FONTS = { KaTeX_Main: "KaTeX_Main-Regular", KaTeX_Math: "KaTeX_Math-Italic" };
const SCALE = 4;

/** Put two buttons under a figure. @param {HTMLElement} figure */
export function offer(figure) {
  const svg = figure.querySelector("svg");
  if (!svg || figure.querySelector(".figure-files")) return;
  const title = svg.querySelector("title")?.textContent ?? "figure";
  /** @param {string} kind @param {(svg: SVGSVGElement) => Promise<Blob>} make */
  const button = (kind, make) =>
    element("button", {
      type: "button",
      textContent: kind,
      title: `Save this figure as ${kind}`,
      onclick: async () => save(await make(svg), `${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.${kind.toLowerCase()}`),
    });
  figure.append(element("p", { className: "figure-files not-on-paper" }, button("SVG", asSvg), button("PNG", asPng)));
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {SVGSVGElement} svg */
async function asSvg(svg) {
  return new Blob([await standalone(svg)], { type: "image/svg+xml" });
}

/** @param {SVGSVGElement} svg @returns {Promise<Blob>} */
async function asPng(svg) {
  const { width, height } = svg.viewBox.baseVal;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await standalone(svg))}`;
  await image.decode();
  const canvas = element("canvas", { width: width * SCALE, height: height * SCALE });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("This browser cannot draw the figure."))))
  );
}

/** Return the figure as a file of its own: colors instead of the page's variables, a ground, and the fonts. @param {SVGSVGElement} svg */
async function standalone(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  const copies = copy.querySelectorAll("*");
  svg.querySelectorAll("*").forEach((original, i) => {
    const { fill, stroke } = getComputedStyle(original);
    const style = /** @type {SVGElement} */ (copies[i]).style;
    if (style.fill) style.fill = fill;
    if (style.stroke) style.stroke = stroke;
  });
  const { width, height } = svg.viewBox.baseVal;
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width, height, fill: getComputedStyle(document.body).backgroundColor }))
    ground.setAttribute(name, String(value));
  const fonts = document.createElementNS("http://www.w3.org/2000/svg", "style");
  fonts.textContent = (await Promise.all(Object.entries(FONTS).map(font))).join("");
  copy.prepend(fonts, ground);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.style.fill = getComputedStyle(svg).fill;
  return new XMLSerializer().serializeToString(copy);
}

/** @param {[string, string]} names */
async function font([family, file]) {
  const answer = await fetch(new URL(`vendor/fonts/${file}.woff2`, import.meta.url));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `@font-face{font-family:${family};src:url(data:font/woff2;base64,${base64}) format("woff2")}`;
}
