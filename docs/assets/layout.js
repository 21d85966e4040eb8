// Columns or rows: each page is written for both, and shows the layout that the reader has chosen.
// The choice is remembered, and the address carries it (?layout=rows), so that a link shows what its sender saw.
{
  const KEY = "layout";
  const NAMES = { columns: "Columns", rows: "Rows" };
  const root = document.documentElement;
  let shown = "columns";
  let chosen = false;

  // Where a reader forbids storage, the choice lasts as long as the page.
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  /** Show a layout, remember it, and say so wherever the reader can choose. @param {string} layout */
  const choose = (layout) => {
    shown = root.dataset.layout = layout;
    chosen = true;
    try {
      localStorage.setItem(KEY, layout);
    } catch {}
    for (const input of document.querySelectorAll(".layout-choice input"))
      if (input instanceof HTMLInputElement) input.checked = input.value === layout;
    put();
  };

  /** Let the address carry what the reader has chosen. */
  const put = () => {
    const address = new URL(location.href);
    if (!chosen || address.searchParams.get(KEY) === shown) return;
    address.searchParams.set(KEY, shown);
    history.replaceState(history.state, "", address);
  };

  /** Two radio buttons. The arrow keys change the choice, as in any such group. @param {string} name @param {string} label */
  const choice = (name, label) => {
    const group = Object.assign(document.createElement("div"), { className: "layout-choice" });
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", label);
    for (const [value, text] of Object.entries(NAMES)) {
      const input = Object.assign(document.createElement("input"), { type: "radio", name, value, checked: value === shown });
      input.addEventListener("change", () => choose(value));
      const words = Object.assign(document.createElement("label"), { title: `Examples as ${value}` });
      words.append(input, Object.assign(document.createElement("span"), { textContent: text }));
      group.append(words);
    }
    return group;
  };

  const arrive = () => {
    const title = document.querySelector(".md-header__title");
    if (!document.querySelector(".md-header .layout-choice")) title?.after(choice("layout-header", "Keep examples as"));
    const place = document.querySelector("[data-layout-question]");
    if (place && !place.firstElementChild)
      place.append(choice("layout-question", place.getAttribute("data-layout-question") ?? ""));
    put();
  };

  const asked = [new URLSearchParams(location.search).get(KEY), remembered()].find((layout) => layout && layout in NAMES);
  root.dataset.layout = shown;
  if (asked) choose(asked);
  document.addEventListener("DOMContentLoaded", () => {
    arrive();
    // The theme says when another page has come without loading anew.
    /** @type {any} */ (window).document$?.subscribe(arrive);
  });
}
