// What HTML alone can't do: copying, a chip that opens its source beside the answer, focus that comes back to it,
// and the way home. Every selector is of this package's own markup or of Streamlit's test ids.
"use strict";

const say = (text) => {
  const line = document.getElementById("said") ?? document.body.appendChild(
    Object.assign(document.createElement("p"), { id: "said", className: "sr-only" }));
  line.setAttribute("role", "status");
  line.textContent = text;
};

const plainText = (node) =>
  [...node.children].map((part) => part.textContent.replace(/\s+/g, " ").trim()).filter(Boolean).join("\n\n");

// Without a secure address there is no clipboard to write to; a selection can be copied everywhere.
const copySelected = (rich) => {
  const box = Object.assign(document.createElement("div"), { innerHTML: rich, contentEditable: "true" });
  box.style.cssText = "position:fixed;left:-99rem";
  document.body.append(box);
  getSelection().selectAllChildren(box);
  document.execCommand("copy");
  box.remove();
};

const copy = async (button) => {
  const source = document.getElementById(button.dataset.copies);
  const quotation = Object.assign(document.createElement("p"), { textContent: button.dataset.text ?? "" });
  const rich = source ? source.innerHTML : quotation.outerHTML;
  const plain = source ? plainText(source) : quotation.textContent;
  try {
    await navigator.clipboard.write([new ClipboardItem({
      "text/html": new Blob([rich], { type: "text/html" }),
      "text/plain": new Blob([plain], { type: "text/plain" }),
    })]);
  } catch {
    copySelected(rich);
    button.focus();
  }
  button.classList.add("copied");
  say("Copied");
  setTimeout(() => { button.classList.remove("copied"); say(""); }, 2000);
};

let opener = null; // the chip whose source is open beside the answer

const openSource = (chip) => {
  const trigger = document.querySelector(`.st-key-source-${CSS.escape(chip.dataset.source)} button`);
  if (!trigger) return false;
  opener = chip;
  document.querySelectorAll(".card:popover-open").forEach((card) => card.hidePopover());
  trigger.click();
  return true;
};

const light = (chip, lit) => {
  const card = document.querySelector(`[data-cites~="${CSS.escape(chip.dataset.source)}"]`);
  card?.classList.toggle("lit", lit);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copies], [data-text]");
  if (button) return void copy(button);
  const chip = event.target.closest?.("[data-source]");
  if (chip && openSource(chip)) event.preventDefault();
}, true);

let noteClass = ""; // the field for what is wrong with an answer, which would open below the window
document.addEventListener("click", (event) => {
  const pills = event.target.closest?.('[class*="st-key-judge-"]');
  noteClass = pills ? [...pills.classList].find((name) => name.startsWith("st-key-judge-")).replace("judge", "note") : "";
}, true);
const showNote = () => {
  const field = noteClass && document.getElementsByClassName(noteClass)[0];
  if (!field) return;
  noteClass = "";
  field.scrollIntoView({ block: "center" });
};

let waiting = 0; // for a pointer that rests on a chip
document.addEventListener("pointerover", (event) => {
  const chip = event.target.closest?.("[data-source]");
  if (!chip || event.pointerType !== "mouse") return;
  light(chip, true);
  const card = document.getElementById(chip.getAttribute("popovertarget"));
  clearTimeout(waiting);
  if (card) waiting = setTimeout(() => { if (chip.matches(":hover")) card.showPopover({ source: chip }); }, 250);
});
document.addEventListener("pointerout", (event) => {
  const chip = event.target.closest?.("[data-source]");
  if (!chip || event.pointerType !== "mouse") return;
  light(chip, false);
  clearTimeout(waiting);
  const card = document.getElementById(chip.getAttribute("popovertarget"));
  setTimeout(() => { if (card?.matches(":popover-open:not(:hover)") && !chip.matches(":hover")) card.hidePopover(); }, 300);
});

document.addEventListener("keydown", (event) => {
  const dialog = event.key === "Escape" && document.querySelector('[role="dialog"]');
  if (dialog && !dialog.contains(document.activeElement)) dialog.querySelector('[aria-label="Close"]')?.click();
});

const placeHome = () => { // over the word mark, which is the toolbar's own
  const bar = document.querySelector('[data-testid="stToolbar"] > div:first-child');
  const home = document.querySelector("a.home");
  if (!bar || !home) return;
  const menu = document.querySelector('[data-testid="stExpandSidebarButton"]');
  home.style.left = `${menu ? menu.getBoundingClientRect().right + 4 : bar.getBoundingClientRect().left + 8}px`;
  home.dataset.placed = "yes";
};
addEventListener("resize", placeHome);
let placing = 0; // a frame that is asked for

// Streamlit puts the pages behind the gear into a list without being one of its items.
const mendList = () => document.querySelectorAll('[data-testid="stSidebarNavItems"] > div:not([role])').forEach((part) => {
  part.setAttribute("role", "listitem");
  part.querySelectorAll("li").forEach((item) => item.setAttribute("role", "none"));
});

// Streamlit calls the place for files a mere ornament, and names it all the same.
const mendUploader = () => document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')
  .forEach((place) => place.setAttribute("role", "group"));

let box = null; // the field of questions while it has the focus: after the first one it stands elsewhere
document.addEventListener("focusin", (event) => {
  box = event.target.matches?.('[data-testid="stChatInputTextArea"]') ? event.target : null;
});
const keepFocus = () => {
  const next = box && !box.isConnected && document.querySelector('[data-testid="stChatInputTextArea"]');
  if (next) next.focus({ preventScroll: true });
};

// A new question is shown from the top. Its page stands alone for a moment, which a slow browser may not draw.
let newest = null;
const showNewest = () => {
  const asked = document.querySelector(".st-key-under") && document.querySelector("h2.asked");
  if (!asked || asked.textContent === newest) return;
  newest = asked.textContent;
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
};

let dialogWasOpen = false;
new MutationObserver(() => {
  const open = Boolean(document.querySelector('[role="dialog"]'));
  if (dialogWasOpen && !open && opener) {
    const chip = opener;
    opener = null;
    setTimeout(() => chip.isConnected && chip.focus(), 50);
  }
  dialogWasOpen = open;
  mendList();
  mendUploader();
  keepFocus();
  showNewest();
  showNote();
  placing ||= requestAnimationFrame(() => { placing = 0; placeHome(); });
  document.querySelector('[data-testid="stExpandSidebarButton"]')?.setAttribute("aria-label", "Menu");
}).observe(document.body, { childList: true, subtree: true });
