// Keys, the next card at once, and writing behind: everything here has a slower twin that needs no script.
const body = document.body;
const keys = JSON.parse(body.dataset.keys || "{}");
const path = body.dataset.path;
const token = body.dataset.token;
const AHEAD = 4, LEASE_MS = 60_000, IDLE_MS = 180_000, GUARD_MS = 150, SURPRISE_MS = 600;
const UNREACHED = "The service could not be reached. Nothing was stored; try again.";
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const items = $("#items"), pane = $("#pane");
const cards = new Map();          // id -> promise of a card that was fetched ahead
const decided = [];               // list items that left, newest last, for taking back
let shownAt = performance.now(), isSurprise = false, lastKey = "", awaited = null, activeAt = Date.now();  // awaited: what a digit does, after the key that removes
let isChosen = new URLSearchParams(location.search).has("card");  // whoever asked for this very card stays on it
const underWay = new Set();       // ids of decisions that nobody has answered yet
body.classList.add("scripted");

// The first page a one-time link leads to: its secret never leaves the fragment but by the button.
if ($("#sign-in") && location.hash.length > 1) {
  $("#link").value = location.hash.slice(1);
  $("#by-link").hidden = false;
  for (const id of ["email", "password"]) for (const part of [$(`#${id}`), $(`label[for="${id}"]`)]) part.hidden = true;
  history.replaceState(null, "", location.pathname + location.search);
}

const say = (text, isProblem = false) => {
  const line = document.createElement("p");
  line.className = isProblem ? "alert" : "done";
  line.textContent = text;
  $("#live").replaceChildren(line);
};
const send = (address, fields) => fetch(address, {  // `keepalive`: what was decided is stored even if the page is left
  method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" }, redirect: "error", keepalive: true,
});
const parsed = (text) => document.adoptNode(new DOMParser().parseFromString(text, "text/html").querySelector("#card"));
const item = (id) => $(`li[data-id="${CSS.escape(id)}"]`, items);
const open = () => $("#card", pane);
const showCounts = (counts) => {
  for (const mark of $$("[data-count]")) {
    if (mark.dataset.count in counts) mark.textContent = counts[mark.dataset.count];
  }
};

// Cards ahead of time.
const fetched = (id) => {
  if (!cards.has(id)) {
    const back = new URLSearchParams(location.search);
    back.delete("card"); back.delete("done");
    const address = `${path}/comments/${id}/card?${new URLSearchParams({ back: back.toString() })}`;
    cards.set(id, fetch(address, { redirect: "manual" }).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    }).then(parsed).catch((error) => { cards.delete(id); throw error; }));
  }
  return cards.get(id);
};
const shownItem = () => items && $("li.shown", items);
const free = (li) => !li.classList.contains("gone") && $(".on-it", li).hidden;
const nextOf = (li, back = false) => {
  let other = li;
  do { other = back ? other?.previousElementSibling : other?.nextElementSibling; } while (other && !free(other));
  return other;
};
const ahead = (li) => {
  const found = [];
  for (let one = nextOf(li); one && found.length < AHEAD; one = nextOf(one)) found.push(one);
  return found;
};
const lookAhead = (li) => ahead(li).forEach((one) => fetched(one.dataset.id).catch(() => {}));

const reveal = (li) => {  // in the list alone: on a small screen that stands below the card
  const box = li.getBoundingClientRect(), frame = items.getBoundingClientRect();
  if (box.top < frame.top) items.scrollTop -= frame.top - box.top;
  if (box.bottom > frame.bottom) items.scrollTop += box.bottom - frame.bottom;
};
const mark = (li) => {
  for (const one of $$("li.shown", items)) { one.classList.remove("shown"); one.removeAttribute("aria-current"); }
  li.classList.add("shown");
  li.setAttribute("aria-current", "true");
  reveal(li);
};
const show = async (li, isAskedFor = false, surprises = false) => {
  if (!li) return underWay.size ? undefined : empty();  // the last answer goes on, and what it refuses comes back
  mark(li);
  let card;
  try { card = await fetched(li.dataset.id); } catch (error) {
    if (error instanceof TypeError) return say("The service could not be reached. Try again.", true);
    return location.assign($("a", li).href);
  }
  if (!li.classList.contains("shown")) return;
  if (!isAskedFor && !("waits" in card.dataset)) { pass(li); return show(nextOf(li) || nextOf(li, true)); }
  const version = $('input[type="hidden"]', li);
  if (version) version.value = card.dataset.version;  // what is ticked is decided as it was last seen
  isChosen = isAskedFor;
  replace(card, surprises);
  lookAhead(li);
  lease();
};
const pass = (li) => {  // somebody else has decided; whoever wants to see it can still open it
  const mark = $(".on-it", li);
  li.classList.add("gone");
  cards.delete(li.dataset.id);
  mark.hidden = false;
  mark.textContent = "decided meanwhile";
};
const replace = (card, surprises = false) => {
  for (const box of $$("details[open]", card)) box.open = false;
  const old = open() || $(".empty", pane);
  if (old) old.replaceWith(card); else pane.prepend(card);
  shownAt = performance.now();
  isSurprise = surprises;
  $("#card-head", card).focus();
};
const empty = (done = "") => {
  const more = $("#next-page"), where = new URL(more ? more.href : location.href);
  for (const name of ["card", "done", ...(more ? [] : ["after"])]) where.searchParams.delete(name);
  if (done) where.searchParams.set("done", done);
  where.hash = "";
  location.assign(where);
};

// One decision: the next card now, the writing behind, the truth afterwards.
const act = async (button) => {
  const card = open(), id = card.dataset.id, li = item(id), stays = ["note", "note_author", "take_over"].includes(button.value);
  if (underWay.has(id)) return;  // it was decided a moment ago, and the next card is still on its way
  const fields = new FormData(button.form, button), next = nextOf(li) || nextOf(li, true);
  if (!stays) { li.classList.add("gone"); decided.push(li); cards.delete(id); }
  underWay.add(id);
  const written = send(button.form.action, fields).then(async (answer) => [answer.ok, await answer.json()]).catch(() => [false, { detail: UNREACHED }]);
  if (!stays) {
    say(`${words(button)}. Writing it down…`);
    if (next) await show(next); else card.classList.add("waiting");
  }
  const [isStored, told] = await written;
  underWay.delete(id);
  if (!isStored) return refused(card, li, told.detail);
  showCounts(told.counts);
  if (stays) {
    cards.delete(id);
    try {
      replace(await fetched(id));
      keep(card, button.value === "take_over" ? ["note", "sentence"] : ["sentence"]);
    } catch { /* the card that is shown lacks only the new line */ }
    lease();
    return say(told.text);
  }
  li.hidden = true;
  const left = $$("li", items).filter(free).length;
  say(`${told.text} ${left} left on this page.${told.undoable && keys.undo ? ` Take it back with ${keys.undo.toUpperCase()}.` : ""}`);
  if (!left && !underWay.size) empty(told.done);
};
const words = (button) => button.firstChild.textContent.trim();
const refused = async (card, li, why) => {
  const id = li.dataset.id, line = document.createElement("p"), at = decided.indexOf(li);
  li.classList.remove("gone"); li.hidden = false;
  if (at >= 0) decided.splice(at, 1);
  cards.delete(id);
  let fresh = card;  // where no other can be had
  try { fresh = await fetched(id); } catch { cards.set(id, Promise.resolve(card)); }
  card.classList.remove("waiting");
  $(".conflict", fresh)?.remove();
  line.className = "conflict";
  line.textContent = why;
  fresh.prepend(line);
  mark(li);
  replace(fresh, true);
  keep(card, ["note", "sentence"]);
  say(why, true);
};
const keep = (card, names) => {  // what was typed on a card goes on to the one that has taken its place
  for (const name of names) {
    const typed = $(`#${name}`, card)?.value, field = $(`#${name}`, pane);
    if (typed && field) { field.value = typed; field.closest("details").open = true; }
  }
};
const undo = async (form) => {
  try {
    const answer = await send(form.action, new FormData(form)), told = await answer.json();
    if (!answer.ok) return say(told.detail, true);
    showCounts(told.counts);
    const back = told.ids.map((id) => decided.find((li) => li.dataset.id === id)).filter(Boolean);
    if (back.length !== 1) return location.assign(`${path}/queue?done=${told.done}${told.ids[0] ? `&card=${told.ids[0]}` : ""}`);
    const [li] = back;
    decided.splice(decided.indexOf(li), 1);
    li.classList.remove("gone"); li.hidden = false;
    cards.delete(li.dataset.id);
    await show(li, true);
    say(told.text);
  } catch { say("The service could not be reached. Nothing was taken back; try again.", true); }
};

// Leases: this card and the next four, renewed while somebody works.
const lease = async () => {
  const li = shownItem();
  if (!li || !("decides" in body.dataset) || document.hidden || Date.now() - activeAt > IDLE_MS) return;
  const fields = new URLSearchParams({ token }), wanted = [li, ...ahead(li)];
  for (const one of wanted) fields.append("id", one.dataset.id);
  try {
    const answer = await send(`${path}/claims`, fields);
    if (!answer.ok) return;
    const told = await answer.json();
    showCounts(told.counts);
    for (const one of $$("li", items)) {
      const mark = $(".on-it", one), who = told.others[one.dataset.id];
      if (one.classList.contains("gone")) continue;
      mark.hidden = !who;
      mark.textContent = who ? `${who} is on it` : "";
      if (who && one !== shownItem()) cards.delete(one.dataset.id);  // fetched ahead, it does not say so
    }
    for (const one of wanted) {
      const id = one.dataset.id;
      const isKnown = told.had.includes(id) || id in told.others || one.classList.contains("gone");
      if (!isKnown && one !== shownItem()) pass(one);  // nobody has it, and it could not be had: it waits no more
    }
    news(told.counts);
    const shown = shownItem() || li, who = told.others[shown.dataset.id];
    if (who) await leave(shown, who);
    lookAhead(shownItem() || li);
  } catch { /* the next round tries again; versions guard every decision */ }
};
const leave = async (li, who) => {  // two opened it at once, and the other one was quicker
  const card = open(), next = nextOf(li) || nextOf(li, true);
  if (card?.dataset.id !== li.dataset.id || $(".on-it", card) || underWay.has(li.dataset.id)) return;
  cards.delete(li.dataset.id);
  const isBegun = $("details[open]", card) || $$("textarea", card).some((one) => one.value);
  if (next && !isBegun && !isChosen) {
    await show(next, false, true);
    return say(`${who} is on that one. This is the next.`);
  }
  const line = $(".on-it", await fetched(li.dataset.id));
  cards.set(li.dataset.id, Promise.resolve(card));
  if (line) $("#card-head", card).after(line);
};
const news = (counts) => {
  const tab = new URLSearchParams(location.search).get("tab") || "all", note = $("#new");
  const shown = $$("li", items).filter((one) => !one.classList.contains("gone")).length;
  if (!note || $("#next-page") || !(tab in counts) || $$(".alike", items).length) return;
  const more = counts[tab] - shown;
  note.hidden = more <= 0;
  $("span", note).textContent = more;
};

// Keys: dead in fields and with modifiers, one key one action, a digit only after the key that removes.
const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const press = (selector, root = document) => { const found = $(selector, root); if (found) found.click(); return Boolean(found); };
const toggle = (name) => {
  const box = $(`details[data-action="${name}"]`, pane || document);
  if (!box) return;
  box.open = !box.open;
  if (box.open) $("textarea, button, a, li", box)?.focus?.();
};
const TICK = "input[type=checkbox]";
const does = {
  approve: () => press('[data-action="approve"]'),
  spam: () => press('[data-action="spam"]'),
  remove: () => { toggle("remove"); awaited = $('details[data-action="remove"]')?.open ? (digit) => press(`[data-digit="${digit}"]`) : null; },
  defer: () => press('[data-action="defer"]'),
  escalate: () => press('[data-action="escalate"]'),
  note: () => toggle("note"),
  thread: () => toggle("thread"),
  author: () => toggle("author"),
  undo: () => press('[data-action="undo"]'),
  next: () => (items ? show(shownItem() ? nextOf(shownItem()) : $$("li", items).find(free)) : press('[data-action="next"]')),
  previous: () => { const other = shownItem() && nextOf(shownItem(), true); if (other) show(other); },
  select: () => { const box = shownItem() && $(TICK, shownItem()); if (box) box.checked = !box.checked; },
  order: () => { const list = $("#order"); if (list) { list.selectedIndex = (list.selectedIndex + 1) % list.length; list.form.submit(); } },
  zen: () => body.classList.toggle("zen"),
  search: () => $("#find")?.focus(),
  help: () => location.assign("/console/help"),
};
const many = (what) => $($(`#items ${TICK}:checked`) ? `[data-selected="${what}"]` : `[data-all="${what}"]`);
const shifted = {
  approve: () => many("approve")?.click(),
  spam: () => many("spam")?.click(),
  remove: () => {
    const button = many("remove"), list = button && $("[name=reason]", button.form);
    if (!list) return;
    say(`Remove them all? Press a number. ${[...list.options].slice(1).map((one) => one.text).join(", ")}.`);
    awaited = (digit) => { list.selectedIndex = Number(digit); button.click(); };
  },
  select: () => { const boxes = items ? $$(`li:not(.gone) ${TICK}`, items) : []; const all = boxes.every((box) => box.checked); boxes.forEach((box) => { box.checked = !all; }); },
};
document.addEventListener("keydown", (event) => {
  activeAt = Date.now();
  const pressed = (event.key || "").toLowerCase();  // a browser that fills in a form names no key
  if (pressed === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && $("#find")) {
    event.preventDefault(); return $("#find").focus();
  }
  if (event.key === "Escape") {
    awaited = null;
    for (const box of $$(".pop[open], .menu[open]")) { box.open = false; $("summary", box).focus(); }
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) return;
  if (awaited && /^[1-9]$/.test(pressed)) {
    const answer = awaited;
    awaited = null;
    event.preventDefault();
    return answer(pressed);
  }
  if (keys.next && (pressed === "arrowdown" || pressed === "arrowup") && event.target.closest("#items, #card-head")) {
    event.preventDefault(); return pressed === "arrowdown" ? does.next() : does.previous();
  }
  const isShifted = event.shiftKey && pressed !== pressed.toUpperCase();  // of a letter, with Caps Lock or without
  const action = Object.keys(keys).find((name) => keys[name] === pressed);
  if (!action) return;
  const isMeantForTheLast = isSurprise ? performance.now() - shownAt < SURPRISE_MS : lastKey === pressed && performance.now() - shownAt < GUARD_MS;
  if (isMeantForTheLast) return event.preventDefault();
  lastKey = pressed;
  event.preventDefault();
  awaited = null;
  return (isShifted ? shifted[action] : does[action])?.();
});
document.addEventListener("submit", (event) => {
  if (!items || !(event.target instanceof HTMLFormElement)) return;
  const isListed = open() && item(open().dataset.id);  // a card from elsewhere is sent as a form, and leads back here
  if (event.target.id === "act" && isListed && event.submitter?.value) { event.preventDefault(); act(event.submitter); }
  if (event.target.id === "undo") { event.preventDefault(); undo(event.target); }
});
document.addEventListener("click", (event) => {
  activeAt = Date.now();
  const link = event.target.closest("#items a");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); show(link.closest("li"), true); }
  for (const box of $$(".menu[open], .pop[open]")) if (!box.contains(event.target)) box.open = false;
});
$("#order")?.addEventListener("change", (event) => event.target.form.submit());

if (items) {
  const li = shownItem();
  if (li) { reveal(li); if (open()) cards.set(li.dataset.id, Promise.resolve(open())); lookAhead(li); lease(); }
  setInterval(lease, LEASE_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) lease(); });
}

// A break, for who asked for one: counted from the first page of this tab's work.
const minutes = Number(body.dataset.break || 0);
if (minutes) {
  const begun = Number(sessionStorage.getItem("candor.begun")) || Date.now();
  sessionStorage.setItem("candor.begun", begun);
  setTimeout(() => {
    const note = document.createElement("div"), done = document.createElement("button");
    note.className = "break";
    note.setAttribute("role", "status");
    note.textContent = `You have been at it for ${minutes} minutes. A break would be good. `;
    done.textContent = "Thank you";
    done.addEventListener("click", () => { sessionStorage.removeItem("candor.begun"); note.remove(); });
    note.append(done);
    body.append(note);
  }, Math.max(0, begun + minutes * 60_000 - Date.now()));
}
