// The theme fetches its search index, the largest file of the site, on every first visit.
// This holds the request back until the reader turns to the search.
const { open, send } = XMLHttpRequest.prototype;

XMLHttpRequest.prototype.open = function (method, url, ...rest) {
  this.waitsForSearch = /search_index\.json$/.test(url) && !/[?&][qh]=/.test(location.search);
  return open.call(this, method, url, ...rest);
};

XMLHttpRequest.prototype.send = function (body) {
  if (!this.waitsForSearch) return send.call(this, body);
  const release = ({ target }) => {
    if (target.closest("form[name=search]")) {
      removeEventListener("focusin", release);
      send.call(this, body);
    }
  };
  addEventListener("focusin", release);
};
