// The one script of the pages: every page works without it.
// `data-live="/path"` on the body asks that path every few seconds for a word that changes when the page does;
// `data-known` is the word as the page was made: what changed before the first look is seen too.
// What differs is then put in place: what is read, open or focused stays. `data-progress` is said aloud.
(() => {
  "use strict";
  const main = document.querySelector("main");
  const plain = (part) => {
    const copy = part.cloneNode(true);
    for (const one of copy.querySelectorAll("[name=once]")) one.remove();
    for (const one of [copy, ...copy.querySelectorAll("details[open]")]) one.removeAttribute("open");
    return copy.outerHTML;
  };
  const opened = (part) => {
    const name = part.getAttribute("aria-labelledby");
    const before = name ? [...main.querySelectorAll(`[aria-labelledby="${name}"] details`)] : [];
    [...part.querySelectorAll("details")].forEach((one, at) => { one.open ||= before[at]?.open ?? false; });
    return part;
  };
  const renew = (fresh) => {
    const focused = document.activeElement;
    const kept = [...main.children];
    const used = new Set();
    const parts = [...fresh.children].map((one) => {
      const same = kept.find((old) => !used.has(old) && plain(old) === plain(one));
      if (same) used.add(same);
      return same ?? opened(one);
    });
    const at = kept.findIndex((one) => one.matches(".said"));
    if (at >= 0) parts.splice(at, 0, kept[at]);
    main.replaceChildren(...parts);
    if (focused !== document.activeElement) (focused.isConnected ? focused : main).focus({ preventScroll: true });
    const progress = [...main.querySelectorAll("[data-progress]")].map((one) => one.textContent.trim()).join(". ");
    const heard = document.getElementById("heard");
    if (heard.textContent !== progress) heard.textContent = progress;
  };
  const isBusy = () =>
    document.body.dataset.typed || document.querySelector("main form :is(input, textarea, select):focus");
  // What the page knows now; nothing where somebody has begun to type meanwhile.
  const read = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (isBusy()) return undefined;
    renew(page.querySelector("main"));
    if (!page.body.dataset.live) clearInterval(looking);
    return page.body.dataset.known ?? null;
  };
  const path = document.body.dataset.live;
  let looking = null;
  if (path) {
    let known = document.body.dataset.known ?? null;
    const look = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(path, { headers: { Accept: "text/plain" } });
        if (!answer.ok) return;
        const word = await answer.text();
        if (known !== null && word !== known && !isBusy()) {
          const anew = await read();
          if (anew !== undefined) known = anew;
        }
        known = known ?? word;
      } catch {
        // The network is away for a moment: the next look tells.
      }
    };
    // Where the page says what it knows, nobody's message goes before it can be read.
    if (known === null) look();
    looking = setInterval(look, 5000);
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
  // A choice within another one offers what is of the chosen; without the script it offers all.
  for (const inner of document.querySelectorAll("select[data-within]")) {
    const outer = document.getElementById(inner.dataset.within);
    const isElsewhere = (one) => Boolean(outer.value && one.dataset.of && one.dataset.of !== outer.value);
    const narrow = () => {
      for (const one of inner.options) one.hidden = one.disabled = !one.selected && isElsewhere(one);
    };
    outer.addEventListener("change", () => {
      if ([...inner.selectedOptions].some(isElsewhere)) inner.value = "";
      narrow();
    });
    narrow();
  }
  for (const group of document.querySelectorAll("fieldset[data-within]")) {
    const outer = document.getElementById(group.dataset.within);
    const narrow = () => {
      for (const one of group.querySelectorAll("[data-of]")) {
        one.hidden = Boolean(outer.value && one.dataset.of !== outer.value);
        if (one.hidden) one.querySelector("input").checked = false;
      }
    };
    outer.addEventListener("change", narrow);
    narrow();
  }
  const print = document.querySelector("button[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  // One box ticks all of a form: without the script it would do nothing, and is not shown.
  document.documentElement.dataset.scripted = "1";
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset.all) return;
    for (const one of document.getElementById(target.dataset.all).elements) {
      if (one.type === "checkbox") one.checked = target.checked;
    }
  });
  document.addEventListener("input", () => { document.body.dataset.typed = "1"; });
  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // A button that only asks keeps back none that acts.
    if (form.method !== "post" || event.submitter?.hasAttribute("data-asks")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 10000);
  });
})();
