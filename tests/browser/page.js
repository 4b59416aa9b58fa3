// What the browser test asks of a page: each function gives a sequence of complaints.
// They run inside the page, so each stands alone.
const SMALLEST = 12;

// A box on the page, by what it would be called in a complaint.
function boxOf(element) {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
  return { left, top, right, bottom, name: `${element.tagName} ${element.getAttribute("class") || ""} "${text}"` };
}

function isSeen(element) {
  return element.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true })
    && !element.closest(".now") && element.getClientRects().length > 0;
}

// Elements with words of their own.
function withWords() {
  return [...document.querySelectorAll("body *")].filter((element) =>
    !["SCRIPT", "STYLE", "TITLE", "DESC", "title", "desc", "TEMPLATE"].includes(element.tagName) && isSeen(element)
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""));
}

// Text under 12 px, as it is on the screen.
function smallText() {
  return withWords().flatMap((element) => {
    const svg = element.closest("svg");
    const scale = svg ? svg.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    return size < SMALLEST - 0.01 ? [`${size} px: ${boxOf(element).name}`] : [];
  });
}

// As much of a box as the panel around it lets through.
function clipped(element) {
  const box = boxOf(element), scroller = element.closest("[tabindex='0']");
  if (!scroller) return box;
  const frame = scroller.getBoundingClientRect();
  return {
    name: box.name, left: Math.max(box.left, frame.left), right: Math.min(box.right, frame.right),
    top: Math.max(box.top, frame.top), bottom: Math.min(box.bottom, frame.bottom),
  };
}

// Words that stand on other words.
function overlaps() {
  const boxes = withWords().filter((element) => !element.closest("pre, .listing, p, li, td, th, caption, details > div"))
    .map((element) => ({ element, ...clipped(element) }));
  const found = [];
  const most = 1.5;                     // px that letters' boxes may share
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
    if (a.element.contains(b.element) || b.element.contains(a.element)) return;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > most && high > most) found.push(`${a.name} on ${b.name}`);
  }));
  return found;
}

// Boxes of objects (and cards of the page) that cross each other's edges: one inside the
// other is fine, beside each other is fine.
function crossings() {
  const sets = [[...document.querySelectorAll(".card, .controls")]];
  for (const svg of document.querySelectorAll("svg")) {
    if (isSeen(svg)) sets.push([...svg.querySelectorAll("rect.rc-box, rect.rc-name, rect.rc-garbage, rect.rc-cycle")]);
  }
  const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const found = [];
  for (const set of sets) {
    const boxes = set.filter((element) => isSeen(element) && getComputedStyle(element).position !== "sticky").map(boxOf);
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
      const apart = a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
      if (!apart && !inside(a, b) && !inside(b, a)) found.push(`${a.name} and ${b.name}`);
    }));
  }
  return found;
}

// What cannot be read: beyond the window, and not in a box that keyboard and finger scroll.
function cutText() {
  const wide = document.documentElement.clientWidth;
  const found = document.documentElement.scrollWidth > wide
    ? [`the page is ${document.documentElement.scrollWidth} px wide, the window ${wide}`] : [];
  for (const element of withWords()) {
    const box = boxOf(element), scroller = element.closest("[tabindex='0']");
    if (scroller && (scroller.scrollWidth > scroller.clientWidth || scroller.scrollHeight > scroller.clientHeight)
      && /auto|scroll/.test(getComputedStyle(scroller).overflowX)) continue;
    if (box.left < -1 || box.right > wide + 1) found.push(`${box.left} to ${box.right}: ${box.name}`);
    const style = getComputedStyle(element);
    if (style.overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1) found.push(`hidden: ${box.name}`);
  }
  for (const svg of document.querySelectorAll("svg")) {
    if (!isSeen(svg)) continue;
    const frame = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll("text")) {
      const box = boxOf(text);
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) {
        found.push(`beyond its picture: ${box.name}`);
      }
    }
  }
  return found;
}
