// In the book that is read from a disk: each example, and each instrument, says where it can be run; and the search runs in the page.
{
  const online = document.querySelector("link[rel=canonical]").href;
  for (const place of document.querySelectorAll(".md-content .language-pycon, .md-content [data-instrument]")) {
    const instrument = "instrument" in place.dataset;
    const said = document.createElement("div");
    said.className = instrument ? "live-said" : "live-bar";
    said.innerHTML = `<span>Read from a disk, this cannot run. It needs a server, as <a href="${online}">this page online</a> has.</span>`;
    instrument ? place.prepend(said) : place.append(said); // an instrument is longer than a window
  }

  const book = new URL("../", document.currentScript.src);
  const run = (path) =>
    new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: new URL(path, book), onload: resolve });
      script.onerror = () => reject(new Error(`${path} is not there.`));
      document.head.append(script);
    });
  // In place of the worker of assets/search.js. Its words and weights name pages as online, learn/costs/ for learn/costs.html.
  window.startSearch = async () => {
    for (const path of ["assets/vendor/search/worker.js", "search/search_index.js", "assets/vendor/search/asked.js"]) await run(path);
    const files = new Map();
    const rename = (place, name) => ({ ...place, location: place.location.replace(/^[^#]*/, name) });
    const asOnline = (file) => {
      const page = file.replace(/(^|\/)index\.html$/, "$1").replace(/\.html$/, "/");
      files.set(page, file);
      return page;
    };
    const { find } = bookSearch.createSearch(__searchIndex.docs.map((section) => rename(section, asOnline)), __searchAsked);
    const asFile = (place) => rename(place, (page) => files.get(page));
    return async (text) => {
      const { results, nearest } = find(text);
      return { results: results.map((result) => ({ ...asFile(result), sections: result.sections.map(asFile) })), nearest };
    };
  };
}
