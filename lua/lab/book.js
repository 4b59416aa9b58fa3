// The picture book's stepping.  Every picture and table is markup that the program has
// made; this puts the pieces of a step together (lua/lab/fragments.lua says how they are
// written) and shows them in the cards.
"use strict";

// ---------------------------------------------------------------------------- the steps

// What makes a sequence of pieces of the one before.
function follow(before, difference) {
  const sequence = [];
  for (let at = 0; at < difference.length; at++) {
    const number = difference[at];
    if (number < 0) {
      const start = difference[++at];
      for (let i = 0; i < -number; i++) sequence.push(before[start + i]);
    } else {
      sequence.push(number);
    }
  }
  return sequence;
}

// The data of a run: JSON, compressed and in base64.
async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

// Each step with the sequences of all its panels.
function readSteps(data) {
  let panels = {};
  return data.steps.map((step) => {
    panels = { ...panels };
    for (const [name, difference] of Object.entries(step.panels)) {
      panels[name] = follow(panels[name] || [], difference);
    }
    return { line: step.line, kind: step.kind, text: step.text, panels };
  });
}

// --------------------------------------------------------------------------- one chapter

// Scroll a picture that is larger than its panel to its first words, if none are in sight.
function bringIntoSight(panel) {
  const frame = panel.getBoundingClientRect();
  const words = [...panel.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
  const seen = words.some((box) => box.top < frame.bottom && box.bottom > frame.top && box.left < frame.right
    && box.right > frame.left);
  if (seen || words.length === 0) return;
  panel.scrollTop += words[0].top - frame.top - 24;
  panel.scrollLeft += words[0].left - frame.left - 24;
}

class Chapter {
  constructor(section) {
    this.section = section;
    this.prefix = section.dataset.prefix;
    this.current = 0;
    this.shown = {};
  }

  // Made when it is first shown; resolves to the chapter, or to nothing where there is no step.
  open() {
    const packed = this.section.querySelector("script.steps");
    this.opened ??= packed ? unpack(packed.textContent).then((data) => this.make(data)) : Promise.resolve();
    return this.opened;
  }

  make(data) {
    this.pieces = data.pieces;
    this.steps = readSteps(data);
    const stage = document.getElementById("stage").content.cloneNode(true).firstElementChild;
    const find = (selector) => stage.querySelector(selector);
    this.back = find(".back");
    this.forward = find(".forward");
    this.slider = find(".slider");
    this.place = find(".place");
    this.now = find(".now");
    this.link = find(".link");
    this.telling = find(".telling");
    this.cards = new Map();
    for (const panel of stage.querySelectorAll("[data-panel]")) this.cards.set(panel.dataset.panel, panel);
    this.slider.max = this.steps.length;
    this.back.addEventListener("click", () => this.go(this.current - 1));
    this.forward.addEventListener("click", () => this.go(this.current + 1));
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.lines = new Map();
    for (const line of this.section.querySelectorAll(".line")) this.lines.set(Number(line.dataset.line), line);
    this.linkLines();
    this.told = [...this.section.querySelectorAll(".contents [data-step]")];
    openTables(stage);
    this.section.querySelector(".right").append(stage);
    this.section.classList.add("stepping");
    return this;
  }

  address(number) { return `#${this.prefix}step=${number}`; }

  // A line's number leads to the next of its steps.
  linkLines() {
    this.steps.forEach((step, i) => {
      const place = this.lines.get(step.line)?.querySelector(".number");
      if (!place || place.firstElementChild) return;
      const link = document.createElement("a");
      link.href = this.address(i + 1);
      link.textContent = place.textContent;
      link.setAttribute("aria-label", `Line ${step.line}, step ${i + 1}`);
      link.addEventListener("click", (event) => {
        const from = this.steps.findIndex((other, at) => at >= this.current && other.line === step.line);
        if (from < 0) return;
        event.preventDefault();
        this.go(from + 1);
      });
      place.replaceChildren(link);
    });
  }

  // Show the step with this number; remembered in the address.
  go(number) {
    const wanted = Math.min(Math.max(number, 1), this.steps.length);
    if (wanted === this.current) return;
    history.replaceState(null, "", this.address(wanted));
    this.show(wanted);
  }

  show(number) {
    this.current = Math.min(Math.max(number, 1), this.steps.length);
    const step = this.steps[this.current - 1];
    for (const [name, panel] of this.cards) {
      const sequence = step.panels[name];
      if (this.shown[name] === sequence) continue;
      this.shown[name] = sequence;
      panel.innerHTML = sequence.map((piece) => this.pieces[piece]).join("");
      if (name === "objects") bringIntoSight(panel);
    }
    this.showControls(step);
    this.showLine(step);
  }

  showControls(step) {
    const number = this.current, count = this.steps.length;
    const place = step.kind === "end" ? step.text || "the end" : step.line ? `before line ${step.line}` : "";
    this.place.textContent = `Step ${number} of ${count}${place ? ": " + place : ""}`;
    this.now.textContent = step.kind === "end" ? "" : this.lines.get(step.line)?.querySelector("code").textContent.trim() ?? "";
    this.slider.value = number;
    this.slider.setAttribute("aria-valuetext", this.place.textContent);
    this.back.disabled = number === 1;
    this.forward.disabled = number === count;
    this.link.href = this.address(number);
    const told = this.told.filter((link) => Number(link.dataset.step) <= number).pop();
    for (const link of this.told) {
      if (link === told) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
    this.telling.textContent = told ? told.textContent : "";
  }

  showLine(step) {
    const line = this.lines.get(step.line);
    if (this.marked) {
      this.marked.classList.remove("current");
      this.marked.removeAttribute("aria-current");
    }
    this.marked = line;
    if (!line) return;
    line.classList.add("current");
    line.setAttribute("aria-current", "true");
    const listing = line.closest(".listing");
    const top = line.offsetTop - listing.offsetTop;
    if (top < listing.scrollTop || top + line.offsetHeight > listing.scrollTop + listing.clientHeight) {
      listing.scrollTop = top - listing.clientHeight / 3;
    }
  }
}

// ------------------------------------------------------------------------------ the page

// Where generations and caches have no room as pictures, book.css shows their tables alone.
const narrow = matchMedia("(max-width: 44rem)");

function openTables(stage) {
  for (const table of stage.querySelectorAll(".generations details, .caches details")) table.open = narrow.matches;
}

narrow.addEventListener("change", () => document.querySelectorAll(".stage").forEach(openTables));

const chapters = [...document.querySelectorAll(".chapter")].map((section) => new Chapter(section));
const contents = document.getElementById("contents");
let open;

// #step=12, or in a page of several chapters #chapter=2&step=12; the contents otherwise.
async function goToAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const number = Number(asked.get("chapter"));
  open = chapters[contents ? number - 1 : 0];
  for (const chapter of chapters) chapter.section.hidden = chapter !== open;
  if (contents) contents.classList.toggle("folded", Boolean(open));
  const chapter = await open?.open();
  if (chapter && chapter === open) chapter.show(Number(asked.get("step")) || 1);
}

// Whether arrow keys belong to what has the focus.
function keepsArrows(target) {
  if (target.closest("input, textarea, select")) return true;
  const box = target.closest("[tabindex]");
  return Boolean(box) && box.scrollWidth > box.clientWidth;
}

document.addEventListener("keydown", (event) => {
  if (!open?.steps || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (keepsArrows(event.target)) return;
  if (event.key === "ArrowLeft") open.go(open.current - 1);
  else if (event.key === "ArrowRight") open.go(open.current + 1);
  else return;
  event.preventDefault();
});

window.addEventListener("hashchange", goToAddress);
goToAddress();
