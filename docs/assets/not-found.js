// On the page that says that a page is not there: lead to the page that has its name now, or say which one has a name like it.
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
  const moved = links.find((link) => nameOf(link.pathname) === wanted);
  if (moved) location.replace(`${moved.href}${location.search}${location.hash}`);
  const alike = links.find((link) => wanted && nameOf(link.pathname).startsWith(`${wanted}-`));

  const place = document.querySelector("[data-not-found]");
  if (place instanceof HTMLElement && !moved) {
    place.append("You asked for ", Object.assign(document.createElement("code"), { textContent: location.pathname }), ".");
    if (alike) {
      const link = Object.assign(document.createElement("a"), { href: alike.href, textContent: alike.textContent?.trim() });
      place.append(" Did you look for ", link, "?");
    }
    place.hidden = false;
  }
}
