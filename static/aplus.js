// Enhancement only: every page works without this file.
(() => {
  "use strict";

  document.documentElement.classList.add("js"); // hides data-sans-js

  // Emptied first, so that the same sentence twice is read twice.
  const announce = (sentence) => {
    const region = document.getElementById("annonces");
    if (!region || !sentence) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = sentence; }, 100);
  };
  const announceFrom = (place, selector) => {
    const found = place.matches(selector) ? place : place.querySelector(selector);
    if (found) announce(found.textContent.trim().replace(/\s+/g, " "));
  };
  const focusOn = (element) => {
    if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
    element.focus();
  };

  // False without JavaScript.
  const speak = (place) => place.querySelectorAll("[data-texte]").forEach((field) => { field.textContent = field.dataset.texte; });

  // Whole pages: the error summary takes the focus; a flash is read, since a live region present at load is silent.
  const greet = () => {
    speak(document);
    const summary = document.querySelector(".ap-erreurs");
    if (summary) focusOn(summary);
    else announceFrom(document.body, "[data-annonce]");
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", greet);
  else greet();

  // A form is sent once; its buttons stay focusable.
  const hold = (form, busy) => {
    if (busy) form.dataset.envoi = "";
    else delete form.dataset.envoi;
    for (const field of form.elements) {
      if (field.type !== "submit") continue;
      if (busy) field.setAttribute("aria-disabled", "true");
      else field.removeAttribute("aria-disabled");
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ((form.getAttribute("method") || "").toLowerCase() !== "post") return;
    if (event.submitter && event.submitter.formTarget) return event.stopPropagation(); // another tab: not for htmx
    if ("envoi" in form.dataset) {
      event.preventDefault();
      return event.stopImmediatePropagation();
    }
    hold(form, true);
    setTimeout(() => hold(form, false), 30000); // answered by a file, it never leaves the page
  }, true);
  window.addEventListener("pageshow", ({ persisted }) => persisted && document.querySelectorAll("form[data-envoi]").forEach((form) => hold(form, false)));

  // Filters apply as soon as chosen; with the arrow keys, once settled.
  let pending;
  let lastKeyAt = 0;
  document.addEventListener("keydown", () => { lastKeyAt = Date.now(); });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || !form.matches("[data-auto]") || !form.requestSubmit) return;
    if (!event.target.matches("select, [type=checkbox], [type=radio]")) return;
    clearTimeout(pending);
    pending = setTimeout(() => form.requestSubmit(), Date.now() - lastKeyAt < 500 ? 900 : 0);
  });

  // htmx: keep or move the focus on purpose, announce once, never lose what was typed.
  let hadFocus = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, requestConfig } = event.detail; // what an earlier page said is no longer news once an act is done
    const stale = document.querySelector("main > [data-annonce]");
    if (stale && requestConfig && requestConfig.verb === "post" && !elt.closest("[data-discret]")) stale.remove();
    hadFocus = event.detail.target.contains(document.activeElement) && document.activeElement !== document.body;
  });
  // What is on screen wins over an answer that left before it was typed.
  const keep = (fragment) => (typed) => Object.assign(fragment.querySelector(`#${CSS.escape(typed.id)}`) || {}, { value: typed.value, checked: typed.checked });
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => detail.target.querySelectorAll("input[id], textarea[id]").forEach(keep(detail.fragment)));
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.target;
    speak(place);
    const summary = place.querySelector(".ap-erreurs");
    const wanted = summary || place.querySelector("[data-focus]");
    document.title = (document.querySelector(".ap-erreurs") ? "Erreur : " : "") + document.title.replace(/^Erreur\s:\s/, "");
    if (wanted) focusOn(wanted);
    else if (hadFocus && document.activeElement === document.body) focusOn(place);
    if (!summary) announceFrom(place, "[data-annonce]:not([role])");
    hadFocus = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const cause = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent; // not a quiet draft
    if (cause && cause.type === "submit") hold(cause.target, false);
  });
  // Drafts and refreshes try again by themselves: no alarm.
  const alarm = (isHidden) => (event) => {
    const panne = document.getElementById("panne");
    if (panne && !event.detail.elt.closest("[data-discret]")) panne.hidden = isHidden;
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, alarm(false));
  document.addEventListener("htmx:beforeRequest", alarm(true));
})();
