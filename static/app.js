// The one script of the pages: every page works without it.
// `data-live="/path"` on the body asks that path every few seconds for a word that changes when the page does;
// `data-known` is the word as the page was made: what changed before the first look is seen too.
(() => {
  "use strict";
  const path = document.body.dataset.live;
  if (path) {
    let known = document.body.dataset.known ?? null;
    const look = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(path, { headers: { Accept: "text/plain" } });
        if (!answer.ok) return;
        const word = await answer.text();
        const isTyping = document.querySelector("main form :is(input, textarea, select):focus");
        if (known !== null && word !== known && !isTyping && !document.body.dataset.typed) location.reload();
        known = known ?? word;
      } catch {
        // The network is away for a moment: the next look tells.
      }
    };
    // Where the page says what it knows, nobody's message goes before it can be read.
    if (known === null) look();
    setInterval(look, 5000);
  }
  // The request that is being written is checked as it stands, a second after the last key.
  const checked = document.querySelector("form[data-check]");
  if (checked) {
    let soon;
    const check = async () => {
      const sent = new FormData(checked);
      for (const file of checked.querySelectorAll("input[type=file]")) sent.delete(file.name);
      try {
        const answer = await fetch(checked.dataset.check, { method: "POST", body: sent });
        if (answer.ok) document.getElementById("checked").innerHTML = await answer.text();
      } catch {
        // The button checks too.
      }
    };
    checked.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(check, 1000); });
  }
  const print = document.querySelector("button[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  document.addEventListener("input", () => { document.body.dataset.typed = "1"; });
  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 10000);
  });
})();
