// Columns or rows: each page is written for both, and shows the layout that the reader has chosen.
// The choice is remembered, and the address carries it (?layout=rows), so that a link shows what its sender saw.
{
  const KEY = "layout";
  const NAMES = { columns: "Columns", rows: "Rows" };
  const root = document.documentElement;

  // Where a reader forbids storage, the choice lasts as long as the page.
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  /** Show a layout, and say so wherever the reader can choose. @param {string} layout */
  const show = (layout) => {
    root.dataset.layout = layout;
    for (const input of document.querySelectorAll(".layout-choice input")) input.checked = input.value === layout;
  };

  /** @param {string} layout */
  const choose = (layout) => {
    try {
      localStorage.setItem(KEY, layout);
    } catch {}
    root.dataset.layoutChosen = "";
    show(layout);
    put();
  };

  /** Let the address carry what the reader has chosen. */
  const put = () => {
    const address = new URL(location.href);
    if (!("layoutChosen" in root.dataset) || address.searchParams.get(KEY) === root.dataset.layout) return;
    address.searchParams.set(KEY, root.dataset.layout);
    history.replaceState(history.state, "", address);
  };

  /** Two radio buttons. The arrow keys change the choice, as in any such group. @param {string} name @param {string} label */
  const choice = (name, label) => {
    const group = Object.assign(document.createElement("div"), { className: "layout-choice" });
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", label);
    for (const [value, text] of Object.entries(NAMES)) {
      const input = Object.assign(document.createElement("input"), { type: "radio", name, value, checked: root.dataset.layout === value });
      input.addEventListener("change", () => choose(value));
      const words = Object.assign(document.createElement("label"), { title: `Examples as ${value}` });
      words.append(input, Object.assign(document.createElement("span"), { textContent: text }));
      group.append(words);
    }
    return group;
  };

  const arrive = () => {
    const header = document.querySelector(".md-header__title");
    if (header && !document.querySelector(".md-header .layout-choice")) header.after(choice("layout-header", "Keep examples as"));
    for (const place of document.querySelectorAll("[data-layout-question]"))
      if (!place.firstElementChild) place.append(choice("layout-question", place.dataset.layoutQuestion));
    put();
  };

  const asked = new URLSearchParams(location.search).get(KEY);
  const known = [asked, remembered()].find((layout) => layout !== null && layout in NAMES);
  root.dataset.layout = known ?? "columns";
  if (known) choose(known);
  document.addEventListener("DOMContentLoaded", () => {
    arrive();
    // The theme says when another page has come without loading anew.
    window.document$?.subscribe(arrive);
  });
}
