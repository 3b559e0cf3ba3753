// What is typed and could not leave stays in this tab, for this agent, until it leaves. Enhancement only.
(() => {
  "use strict";

  const { agent } = document.body.dataset;
  if (!agent) return;
  const prefix = `saisie:${agent}:`;
  const own = () => `${prefix}${location.pathname}${location.search} `;
  const acteOf = (form) => (form.elements.namedItem("acte") || {}).value || "";
  const keyOf = (form) => own() + form.getAttribute("action") + acteOf(form);
  const kept = () => Object.keys(sessionStorage).filter((key) => key.startsWith("saisie:"));
  const forget = (keys) => keys.forEach((key) => sessionStorage.removeItem(key));
  forget(kept().filter((key) => !key.startsWith(prefix)));

  const NOT_TYPED = ["submit", "button", "file", "password", "fieldset"];
  const OF_THE_PAGE = ["csrf", "vu", "confirme"];
  const isTyped = (field) => field.name && !NOT_TYPED.includes(field.type) && !OF_THE_PAGE.includes(field.name);
  const isChoice = (field) => ["checkbox", "radio"].includes(field.type);
  const isPost = (form) => form && (form.getAttribute("method") || "").toLowerCase() === "post";

  const keep = (form) => {
    const typed = [...form.elements].filter((field) => isTyped(field) && (!isChoice(field) || field.checked));
    sessionStorage.setItem(keyOf(form), JSON.stringify(typed.map((field) => [field.name, field.value])));
  };
  const restore = (form) => {
    const values = new Map();
    for (const [name, value] of JSON.parse(sessionStorage.getItem(keyOf(form)))) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      if (!isTyped(field)) continue;
      const given = values.get(field.name) || [];
      if (isChoice(field)) field.checked = given.includes(field.value);
      else if (given.length) field.value = given.shift();
    }
    say(form, "retrouve");
    form.dispatchEvent(new Event("input", { bubbles: true })); // the quiet save takes it to the server
  };

  // The state of the draft: quiet while one types, heard when asked for.
  const say = (form, what) => {
    const etat = form.querySelector("#brouillons-etat");
    if (etat) etat.textContent = etat.dataset[what];
  };
  const hear = () => {
    const etat = document.getElementById("brouillons-etat");
    const region = document.getElementById("annonces");
    if (etat && region) region.textContent = etat.textContent;
  };
  const formOf = ({ detail }) => detail.elt.closest("form");
  const isDraft = ({ detail }) => detail.target && detail.target.id === "brouillons-etat";

  // A refused draft never takes the page away.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isDraft(event) || event.detail.xhr.status < 400) return;
    event.detail.shouldSwap = false;
    event.detail.isError = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    if (!isPost(form)) return;
    if (event.detail.successful) forget([keyOf(form)]);
    const cause = event.detail.requestConfig.triggeringEvent;
    if (isDraft(event) && cause && cause.type === "click") setTimeout(hear, 100);
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, (event) => {
      const form = formOf(event);
      if (!isPost(form)) return;
      if (isDraft(event)) say(form, "echec");
      if (name !== "htmx:responseError" || event.detail.xhr.status >= 500) keep(form);
    });
  }
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action") === "/deconnexion") forget(kept());
    else if (isPost(form) && !navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      keep(form);
      document.getElementById("panne").hidden = false;
    } else if (isPost(form) && !form.hasAttribute("hx-post")) forget([keyOf(form)]); // it leaves with its page
  }, true);

  // Once htmx listens.
  const found = () => [...document.forms].filter((form) => isPost(form) && sessionStorage.getItem(keyOf(form))).forEach(restore);
  if (document.readyState === "complete") found();
  else window.addEventListener("load", found);
})();
