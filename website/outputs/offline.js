// In the book that is read from a disk: each example, and each instrument, says where it can be run.
{
  const online = document.querySelector("link[rel=canonical]").href;
  for (const place of document.querySelectorAll(".md-content .language-pycon, .md-content [data-instrument]")) {
    const instrument = "instrument" in place.dataset;
    const said = document.createElement("div");
    said.className = instrument ? "live-said" : "live-bar";
    said.innerHTML = `<span>Read from a disk, this cannot run. It needs a server, as <a href="${online}">this page online</a> has.</span>`;
    instrument ? place.prepend(said) : place.append(said); // an instrument is longer than a window
  }
}
