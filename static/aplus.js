// Enhancement only: every page works without this file. It is deferred: the page is read whole before it runs.
(() => {
  "use strict";

  // Hides data-sans-js: once htmx has taken the page in, not before, since it may be missing or too new for the browser.
  document.addEventListener("htmx:load", () => document.documentElement.classList.add("js"));

  // Emptied first, so that the same sentence twice is read twice.
  const announce = (sentence) => {
    const region = document.getElementById("annonces");
    if (!sentence) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = sentence; }, 100);
  };
  const announceFrom = (place, selector) => {
    const found = place.matches(selector) ? place : place.querySelector(selector);
    if (found) announce(found.textContent.trim().replace(/\s+/g, " "));
  };
  const focusOn = (element) => {
    if (element.tabIndex < 0) element.tabIndex = -1;
    element.focus();
  };

  // Whole pages: the error summary takes the focus; a flash is read, since a live region present at load is silent.
  const atLoad = document.querySelector(".ap-erreurs");
  if (atLoad) focusOn(atLoad);
  else announceFrom(document.body, "[data-annonce]");
  // An older line of a thread stands on another page of it.
  const { hash, search } = location;
  if (/^#message-\w+$/.test(hash) && !search && !document.querySelector(hash)) location.replace(hash.replace("#message-", "?message=") + hash);

  const isPost = (form) => form && form.matches("[method=post]");

  // A form is sent once; its buttons stay focusable.
  const hold = (form, busy) => {
    form.toggleAttribute("data-envoi", busy);
    for (const field of form.elements) if (field.type === "submit") field.setAttribute("aria-disabled", busy);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isPost(form)) return;
    // The answer goes to another tab: htmx is not asked.
    if (event.submitter && event.submitter.formTarget) return event.stopPropagation();
    if ("envoi" in form.dataset) {
      event.preventDefault();
      return event.stopImmediatePropagation();
    }
    hold(form, true);
    // A form answered by a file never leaves the page.
    setTimeout(() => hold(form, false), 30000);
  }, true);
  addEventListener("pageshow", ({ persisted }) => persisted && document.querySelectorAll("form[data-envoi]").forEach((form) => hold(form, false)));

  // htmx: keep or move the focus on purpose, announce once, never lose what was typed. `used` is the control one is on.
  let used = null;
  // Nothing moves under the finger: what would change the page while one presses, an answer or what leaving a field says, waits
  // until the press ends and its click is told. A press that never ends (a menu, a drag) holds nothing back for long.
  let waiting;
  let timer;
  // Each by itself: one that fails takes no other along.
  const release = () => { waiting = waiting.forEach((act) => setTimeout(act)); };
  const afterPress = (act) => (waiting ? waiting.push(act) : act());
  for (const [name, wait] of [["pointerdown", 1000], ["pointerup", 30]]) document.addEventListener(name, () => {
    waiting = waiting || [];
    clearTimeout(timer);
    timer = setTimeout(release, wait);
  }, true);
  // In which order answers were asked, which one comes in, and the last one that each region was shown from.
  const shown = {};
  let rang = 0;
  let tour;
  document.addEventListener("htmx:beforeSwap", (event) => {
    // What an earlier page said is no longer news once an act is done.
    const { elt, requestConfig } = event.detail;
    const stale = document.querySelector("main > [data-annonce]");
    if (stale && requestConfig && requestConfig.verb === "post" && !elt.closest("[data-discret]")) stale.remove();
    // What one was on may be gone already, while its answer settles: it is not forgotten for another answer.
    if (!used || used.isConnected || document.activeElement !== document.body) used = document.activeElement;
    shown[event.detail.target.id] = tour;
  });
  // The same control in what came: htmx finds those that have an id.
  const again = ({ name, value, href, text }) => [...document.querySelectorAll("main a, main button")].find((one) => (name ? one.name === name && one.value === value : href && one.href === href && one.text === text));
  // What is on screen wins over an answer that left before it was typed, and a younger answer over an older one that comes
  // late, for the region or for all that holds it; a region that comes back the same stays, so that what it says is told once.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const { target, fragment } = detail;
    target.querySelectorAll("input[id], textarea[id]").forEach(({ id, value, checked }) => Object.assign(fragment.querySelector(`#${CSS.escape(id)}`) || {}, { value, checked }));
    const isLate = Object.keys(shown).some((key) => key && tour < shown[key] && target.closest(`#${CSS.escape(key)}`));
    if (!isLate) shown[target.id] = tour;
    detail.shouldSwap = !isLate && target.innerHTML !== fragment.firstElementChild.innerHTML;
  });
  const retitle = () => { document.title = (document.querySelector(".ap-erreurs") ? "Erreur : " : "") + document.title.replace(/^Erreur\s:\s/, ""); };
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.target;
    const summary = place.querySelector(".ap-erreurs");
    const wanted = summary || place.querySelector("[data-focus]");
    retitle();
    if (wanted) focusOn(wanted);
    else if (used && !used.isConnected && document.activeElement === document.body) {
      (again(used) || place).focus();
      // Regions that go along settle too: without its control, the focus goes to the title of the region that was asked.
      const asked = document.getElementById(event.detail.target.id);
      if (document.activeElement === document.body && asked) focusOn(asked.querySelector("h1, h2") || asked);
    }
    if (!summary) announceFrom(place, "[data-annonce]:not([role])");
  });
  for (const name of ["htmx:beforeRequest", "htmx:afterRequest"]) document.addEventListener(name, ({ detail }) => {
    const { xhr, requestConfig: { target } } = detail;
    const { onload } = xhr;
    const isBusy = name === "htmx:beforeRequest";
    // The page hears nothing of an answer whose button has gone meanwhile, but for the regions that go along.
    const mine = ++rang;
    if (isBusy) xhr.onload = () => afterPress(() => { tour = mine; onload(); });
    target.setAttribute("aria-busy", isBusy);
    // True meanwhile only, for who sees pages without their style too.
    target.querySelectorAll(":scope > [data-contenu]").forEach((field) => { field.textContent = isBusy ? field.dataset.contenu : ""; });
  });
  // What is said of a field goes once it is changed, or the box that makes it needless: beside it and in the summary.
  document.addEventListener("change", ({ target }) => afterPress(() => {
    const about = document.getElementById(target.dataset.corrige) || target;
    const place = about.closest("[class*=-group--error], .fr-fieldset--error");
    const phrase = place && place.querySelector(":scope > .fr-error-text[id]");
    if (!phrase) return;
    const link = document.querySelector(`.ap-erreurs a[href="#${phrase.id.slice(0, -7)}"]`);
    phrase.remove();
    place.classList.add("ap-corrige");
    for (const field of [place, ...place.querySelectorAll("*")]) field.removeAttribute("aria-invalid");
    if (!link) return;
    const summary = link.closest(".ap-erreurs");
    link.closest("li").remove();
    const left = summary.querySelectorAll("li").length;
    if (!left) summary.remove();
    else summary.firstElementChild.textContent = left > 1 ? `${left} erreurs sont à corriger` : "Une erreur est à corriger";
    retitle();
  }));
  // What refreshes itself does where it is seen: only who has a demande on screen is on it. What has not changed only tells the
  // hour, to who asked.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.id.endsWith("-actualiser")) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig } = event.detail;
    // A quiet draft has no cause: it does not free the form.
    const cause = requestConfig.triggeringEvent;
    if (cause && cause.type === "submit") hold(cause.target, false);
    const heure = decodeURIComponent(xhr.getResponseHeader("Heure") || "");
    if (!heure) return;
    if (event.detail.elt.id === "demandes-actualiser") document.getElementById("demandes-heure").textContent = heure;
    if (cause) announce(`Rien de nouveau à ${heure}`);
  });
  // Drafts and refreshes try again by themselves: no alarm.
  const panne = document.getElementById("panne");
  // False without JavaScript.
  panne.innerHTML = panne.dataset.contenu;
  const alarm = (isHidden) => ({ detail: { elt, requestConfig } }) => {
    if (elt.closest("[data-discret]")) return;
    if (!isHidden) panne.failed = ((requestConfig || {}).triggeringEvent || {}).submitter || elt;
    panne.hidden = isHidden;
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, alarm(false));
  document.addEventListener("htmx:beforeRequest", alarm(true));
  document.addEventListener("click", ({ target }) => target.closest("[data-imprimer]") && print());
  panne.addEventListener("click", ({ target }) => {
    if (target.type !== "button") return;
    panne.hidden = true;
    panne.failed.focus();
    // This is « Réessayer ».
    if (target.value) panne.failed.click();
  });

  // --- What is typed stays in this tab, for this agent, until the server has it.
  const { agent, adresse } = document.body.dataset;
  if (!agent) return;
  // A new form got its name on the way: its address says it from now on.
  if (adresse) history.replaceState(null, "", adresse);
  const prefix = `saisie:${agent}:`;
  const keyOf = (form) => `${prefix}${location.pathname}${location.search} ${form.getAttribute("action")}${(form.elements.namedItem("acte") || {}).value || ""}`;
  const kept = () => Object.keys(sessionStorage).filter((key) => key.startsWith("saisie:"));
  const forget = (keys) => keys.forEach((key) => sessionStorage.removeItem(key));
  forget(kept().filter((key) => !key.startsWith(prefix)));

  // Neither what nobody types nor what is the page’s own.
  const isTyped = ({ type, name }) => !/^(submit|button|file|password|fieldset)$/.test(type) && !/^(csrf|vu|confirme|jointes)?$/.test(name);
  const isChoice = ({ type }) => /checkbox|radio/.test(type);
  const etatOf = (form) => form.querySelector("#brouillons-etat");
  const all = (act) => [...document.forms].filter((form) => isPost(form) && sessionStorage.getItem(keyOf(form))).forEach(act);

  const keep = (form) => {
    const typed = [...form.elements].filter((field) => isTyped(field) && (!isChoice(field) || field.checked));
    sessionStorage.setItem(keyOf(form), JSON.stringify(typed.map((field) => [field.name, field.value])));
  };
  // The draft listens to this event and saves quietly.
  const save = (form) => form.dispatchEvent(new Event("input", { bubbles: true }));
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
    save(form);
  };

  // The state of the draft: quiet while one types, heard when asked for or when it fails, and then once.
  const say = (form, what) => {
    const etat = etatOf(form);
    if (etat && etat.innerHTML !== etat.dataset[what]) etat.innerHTML = etat.dataset[what];
  };
  // An act that swaps its form is heard from elsewhere.
  const formOf = ({ detail }) => detail.requestConfig.elt.closest("form");
  const isDraft = ({ detail }) => detail.target && detail.target.id === "brouillons-etat";

  // The forms typed in since their last save left.
  const fresh = new WeakSet();
  document.addEventListener("input", ({ target: { form } }) => {
    if (!isPost(form) || !etatOf(form)) return;
    keep(form);
    fresh.add(form);
  });
  document.addEventListener("htmx:beforeRequest", (event) => isDraft(event) && fresh.delete(formOf(event)));
  // A step has changed the form.
  document.addEventListener("htmx:afterSettle", () => all(keep));
  // A refused draft never takes the page away.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isDraft(event) || event.detail.xhr.status < 400) return;
    event.detail.shouldSwap = false;
    event.detail.isError = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    if (!isPost(form)) return;
    const { xhr, requestConfig, successful } = event.detail;
    const stays = isDraft(event) ? fresh.has(form) || xhr.responseText.includes("data-refus") : xhr.status > 399 || requestConfig.parameters.etape && !xhr.getResponseHeader("HX-Redirect");
    if (successful && !stays) forget([keyOf(form)]);
    // An alert is heard as it comes; one that stood there already is said again to who asks again.
    const etat = etatOf(form);
    const cause = requestConfig.triggeringEvent;
    if (cause && cause.type === "click" && isDraft(event) && !etat.firstElementChild !== !successful) announce(etat.textContent);
  });
  // This is what the cut stopped.
  let held;
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const form = formOf(event);
      if (!isPost(form)) return;
      // Only what was asked to leave leaves.
      const { type, submitter } = event.detail.requestConfig.triggeringEvent || {};
      if (isDraft(event)) say(form, "echec");
      else if (type === "submit" && !navigator.onLine) held = [form, submitter, Date.now()];
      if (!/^4/.test(event.detail.xhr.status)) keep(form);
    });
  }
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action") === "/deconnexion") forget(kept());
    else if (isPost(form) && !navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      keep(form);
      held = [form, event.submitter, Date.now()];
      Object.assign(panne, { hidden: false, failed: event.submitter });
    // This form leaves with its page.
    } else if (isPost(form) && !(window.htmx && form.dataset.hxPost)) forget([keyOf(form)]);
  }, true);
  // What the cut held back leaves; an old page asks first.
  addEventListener("online", () => {
    const [form, button, at] = held || [];
    held = null;
    if (button && form.isConnected && (Date.now() - at < 6e5 || confirm("Le réseau est revenu. Envoyer ce que vous aviez préparé\u00a0?"))) button.click();
    else all(save);
  });
  document.addEventListener("click", ({ target }) => target.closest("[data-oublie]") && forget(kept()));

  // Once htmx listens: a deferred script always runs before.
  addEventListener("load", () => all(restore));
})();
