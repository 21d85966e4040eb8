// The dots of the moving network: activations run forward, errors run backward, and in a gradient they meet.

const SVG = "http://www.w3.org/2000/svg";

/** A dot: its kind, and its place when a part between 0 and 1 of its time is over. @typedef {{kind: string, at: (part: number) => {x: number, y: number}}} Dot */

/**
 * Send all dots, and say when they have arrived; return what ends it before.
 * @param {SVGElement} layer @param {Dot[]} dots @param {number} duration ms @param {() => void} arrived
 */
export function send(layer, dots, duration, arrived) {
  const circles = dots.map(({ kind }) => {
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("class", kind);
    circle.setAttribute("r", "5");
    return circle;
  });
  layer.replaceChildren(...circles);
  const start = performance.now();
  let frame = requestAnimationFrame(function move(now) {
    const part = Math.min(Math.max((now - start) / duration, 0), 1);
    const eased = part < 0.5 ? 2 * part ** 2 : 1 - 2 * (1 - part) ** 2;
    dots.forEach((dot, i) => {
      const { x, y } = dot.at(eased);
      circles[i].setAttribute("transform", `translate(${x} ${y})`);
    });
    if (part < 1) return (frame = requestAnimationFrame(move));
    layer.replaceChildren();
    arrived();
  });
  return () => {
    cancelAnimationFrame(frame);
    layer.replaceChildren();
  };
}

/** Along a path, from one part of its length to another. @param {SVGPathElement} path @param {string} kind @param {number} from @param {number} to @returns {Dot} */
export function along(path, kind, from, to) {
  const length = path.getTotalLength();
  return { kind, at: (part) => path.getPointAtLength(length * (from + (to - from) * part)) };
}

/** From a number to another one. @param {Element} start @param {Element} end @param {string} kind @returns {Dot} */
export function between(start, end, kind) {
  const [x, y1, y2] = [Number(start.getAttribute("x")) - 34, Number(start.getAttribute("y")) - 5, Number(end.getAttribute("y")) - 5];
  return { kind, at: (part) => ({ x, y: y1 + (y2 - y1) * part }) };
}
