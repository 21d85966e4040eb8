// In the search's query language `word:` names a field, `^ ~ + - *` are orders, and every word is a prefix: a pasted title or
// error message finds nothing, or all that begins with "in". So the theme is handed the words alone, without lone letters:
// each as it stands (`^1` says no prefix), and as a prefix too if it says something, or is the last and may be half typed.
{
  const pause = /[\s\-,:;!?=()[\]{}"“”'’`/|<>^~+*\\$]+|\.(?!\d)/;
  const saysNothing = /^(..?.?|also|does|from|have|into|only|should|some|than|that|their|them|then|there|these|they|this|were|what|when|where|which|while|will|with|would|your)$/i;

  const words = (text) => {
    // A message of this library names its likely causes and the address of a page for each: a whole traceback, cut down to these.
    // If there are none, its first line says only that shapes do not fit; and of another traceback, the last line says most.
    const named = [...text.matchAll(/Likely cause: (.+?)(?=\. |\n|$)|\/look-up\/(?:errors\/)?([\w-]*)/g)];
    const told = named.length
      ? named.map(([, cause, page]) => cause ?? (page || "shape errors")).join(" ")
      : text
          .replace(/.*: the shapes? .*not fit (together|the others).*/s, "shape errors")
          .replace(/.*?(?=\b[\w.]+Error: (?!.*Error: ))/s, "");
    const all = told.split(pause).filter(Boolean);
    const long = all.filter((word) => word.length > 1);
    const kept = long.length ? long : all;
    return kept.map((word, i) => (saysNothing.test(word) && i < kept.length - 1 ? `${word}^1` : `${word}^1 ${word}`)).join(" ");
  };

  const box = document.querySelector("form[name=search] input[name=query]");
  const typed = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  Object.defineProperty(box, "value", { get: () => words(typed.get.call(box)), set: typed.set });

  // The theme looks at the box after a key; a paste by the mouse presses none.
  box.addEventListener("input", () => box.dispatchEvent(new Event("keyup")));
}
