// On the page that says that a page is not there: the address that was asked for, and the page that now has its name.
{
  /** @type {Record<string, string>} */
  const RENAMED = {
    descent: "gradient-descent",
    feedforward: "forward-pass",
    museum: "mistakes",
    notations: "dictionary",
    pass: "2-3-2-pass",
    "two-storages": "layouts",
  };

  /** The last name in an address. @param {string} path */
  const nameOf = (path) => path.replace(/(index)?\.(html|md)$/, "").match(/[^/]+(?=\/*$)/)?.[0] ?? "";

  const name = nameOf(location.pathname);
  const wanted = RENAMED[name] ?? name;
  const links = [...document.querySelectorAll("a.md-nav__link")].filter((link) => link instanceof HTMLAnchorElement);
  const moved =
    links.find((link) => nameOf(link.pathname) === wanted) ?? links.find((link) => wanted && nameOf(link.pathname).startsWith(`${wanted}-`));

  const place = document.querySelector("[data-not-found]");
  if (place instanceof HTMLElement) {
    place.append("You asked for ", Object.assign(document.createElement("code"), { textContent: location.pathname }), ".");
    if (moved) {
      const link = Object.assign(document.createElement("a"), { href: moved.href, textContent: moved.textContent?.trim() });
      place.append(" Did you look for ", link, "?");
    }
    place.hidden = false;
  }
}
