// <city-map points='[{"lat":…,"lon":…,"label":"…","kind":"case|candidate|asset|here"}]' [picks]>: a small map of the city.
// It is drawn from the city pack (/map/base.json), so that it works with no network; a tile server that the city has set up is
// laid under it. What the element holds stays where it is: the list of places is the map for whoever cannot see it.
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; position: relative; min-block-size: 11rem; --land: #e4ebe4; --water: #cfdfea; --edge: #8fa0a8; --street: #ffffff; --minor: #f4f7f4; --name: #33424c; --pin: #9b1c1c; --pin-edge: #ffffff; --asset: #0b4f6c; }
  @media (prefers-color-scheme: dark) { :host { --land: #27323a; --water: #131c23; --edge: #55656f; --street: #3c4a54; --minor: #303c45; --name: #c4d0d8; --pin: #ff8a7d; --pin-edge: #10161b; --asset: #8fd0ee; } }
  .frame { position: absolute; inset: 0; overflow: hidden; border-radius: 0.35rem; background: var(--water); touch-action: none; }
  svg { inline-size: 100%; block-size: 100%; display: block; cursor: grab; }
  svg:focus-visible { outline: 3px solid currentColor; outline-offset: -3px; }
  :host([picks]) svg { cursor: crosshair; }
  .area { fill: var(--land); stroke: var(--edge); stroke-width: 1; vector-effect: non-scaling-stroke; }
  .tiled .area { fill: none; } .tiled .street, .tiled .name { display: none; }
  .street { fill: none; stroke: var(--minor); stroke-width: 1.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
  .street.main { stroke: var(--street); stroke-width: 3; }
  .far .street:not(.main) { display: none; } .far .street.main { stroke-width: 1.5; }
  .name { fill: var(--name); text-anchor: middle; font-family: system-ui, sans-serif; paint-order: stroke; stroke: var(--land); }
  .pin path { fill: var(--pin); stroke: var(--pin-edge); stroke-width: 1.5; } .pin.asset path { fill: var(--asset); }
  .pin text { fill: var(--pin-edge); font: 700 12px system-ui, sans-serif; text-anchor: middle; }
  .tools { position: absolute; inset-block-start: 0.4rem; inset-inline-end: 0.4rem; display: grid; gap: 0.25rem; }
  button { inline-size: 2rem; block-size: 2rem; font: 700 1.1rem system-ui, sans-serif; border: 1px solid #6b7884; border-radius: 0.3rem; background: Canvas; color: CanvasText; cursor: pointer; }
  .credit { position: absolute; inset-block-end: 0; inset-inline-end: 0; font-size: 0.7rem; background: Canvas; color: CanvasText; padding-inline: 0.25rem; }
  slot { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
`);
const SVG = "http://www.w3.org/2000/svg";
const WORLD = 2 ** 24; // The world's width in Web Mercator, EPSG:3857: fine enough for a doorstep.
const FAR = 8; // Projected units a pixel, some 14 m: beyond it only main streets are drawn, and no street is named.
const NEAREST = 500; // The narrowest view, about half a kilometer in the middle latitudes.
let base; // Loaded once for all maps of a page.

const project = ([lat, lon]) => {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * WORLD, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD];
};
const unproject = ([x, y]) => [(360 / Math.PI) * Math.atan(Math.exp((0.5 - y / WORLD) * 2 * Math.PI)) - 90, (x / WORLD) * 360 - 180];
const draw = (name, attributes, parent) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
};

class CityMap extends HTMLElement {
  static observedAttributes = ["points"];
  #svg; #pins; #names; #areas; #streets; #tiles; #view; #drag;

  async connectedCallback() {
    if (this.#svg) return;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    const frame = root.appendChild(document.createElement("div"));
    frame.className = "frame";
    root.appendChild(document.createElement("slot"));
    this.#svg = draw("svg", { tabindex: "0", role: "img", "aria-label": this.getAttribute("label") ?? "Map" }, frame);
    try {
      base ??= fetch("/map/base.json").then((answer) => answer.json());
      this.#show(await base, frame);
    } catch {
      base = undefined; // The list of places says it all; the next map tries again.
      this.hidden = true;
    }
  }

  attributeChangedCallback() {
    if (this.#pins) this.#place();
  }

  #show({ bounds, outlines, streets, tiles }, frame) {
    const [south, west, north, east] = bounds;
    this.bounds = [project([north, west]), project([south, east])];
    this.#tiles = draw("g", { class: "tiles" }, this.#svg);
    for (const { rings } of outlines) {
      for (const ring of rings) draw("polygon", { class: "area", points: ring.map(project).join(" ") }, this.#svg);
    }
    this.#streets = streets.map(({ name, path, main }) => {
      const line = path.map(project);
      draw("polyline", { class: main ? "street main" : "street", points: line.join(" ") }, this.#svg);
      return { name, main, at: line.slice(1).map(([x, y], index) => [(x + line[index][0]) / 2, (y + line[index][1]) / 2]) };
    });
    this.#areas = outlines.map(({ name, at }) => ({ name, at: project(at) }));
    this.#names = draw("g", {}, this.#svg);
    this.#pins = draw("g", {}, this.#svg);
    this.tiles = tiles;
    if (tiles) this.#credit(tiles, frame);
    this.#listen(frame);
    this.#place();
    new ResizeObserver(() => this.#look(this.#view)).observe(frame);
  }

  get points() {
    try {
      return JSON.parse(this.getAttribute("points") || "[]");
    } catch {
      return [];
    }
  }

  // Draw the pins and look at all of them; without any, at the whole city.
  #place() {
    this.#pins.replaceChildren();
    const spots = this.points.map(({ lat, lon, label = "", kind = "case" }, index) => {
      const at = project([lat, lon]);
      const pin = draw("g", { class: `pin ${kind}` }, this.#pins);
      pin.at = at;
      draw("title", {}, pin).textContent = label;
      draw("path", { d: "M0 0C-4-8-10-12-10-19a10 10 0 0 1 20 0C10-12 4-8 0 0Z" }, pin);
      draw("text", { y: -15 }, pin).textContent = kind === "here" ? "" : String.fromCharCode(65 + (index % 26));
      return at;
    });
    const [low, high] = spots.length ? [0, 1].map((end) => [0, 1].map((axis) => Math[end ? "max" : "min"](...spots.map((p) => p[axis])))) : this.bounds;
    const room = spots.length ? 1.5 : 1.02;
    const width = Math.max((high[0] - low[0]) * room, (high[1] - low[1]) * room, spots.length ? NEAREST : 0);
    this.#look({ x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, width });
  }

  // A view is its center and its smaller side's width in projected units.
  #look(view) {
    const { clientWidth, clientHeight } = this.#svg;
    if (!view || !clientWidth || !clientHeight) {
      this.#view = view;
      return;
    }
    const widest = (this.bounds[1][0] - this.bounds[0][0]) * 1.2;
    const width = Math.min(Math.max(view.width, NEAREST), widest);
    const unit = width / Math.min(clientWidth, clientHeight);
    this.#view = { ...view, width, unit };
    this.#svg.setAttribute("viewBox", `${view.x - (clientWidth * unit) / 2} ${view.y - (clientHeight * unit) / 2} ${clientWidth * unit} ${clientHeight * unit}`);
    for (const pin of this.#pins.children) pin.setAttribute("transform", `translate(${pin.at.join(" ")}) scale(${unit})`);
    this.#write(unit, clientWidth, clientHeight);
    if (this.tiles) this.#lay(unit, clientWidth, clientHeight);
  }

  // Names of neighborhoods, and near enough of streets: as many as do not cover each other.
  #write(unit, width, height) {
    this.#svg.classList.toggle("far", unit > FAR);
    this.#names.replaceChildren();
    const taken = [];
    const isSeen = ([x, y]) => Math.abs(x - this.#view.x) < (width * unit) / 2 && Math.abs(y - this.#view.y) < (height * unit) / 2;
    const named = this.#streets.filter(({ main }) => unit < FAR / 8 || (main && unit < FAR)).map(({ name, at }) => ({ name, at: at.find(isSeen) }));
    for (const { name, at } of [...this.#areas, ...named]) {
      if (!at || !isSeen(at)) continue;
      const [x, y, half] = [...at, name.length * 3.5 * unit];
      if (taken.some((other) => other.name === name || Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 14 * unit)) continue;
      draw("text", { class: "name", x, y, "font-size": 11 * unit, "stroke-width": 3 * unit }, this.#names).textContent = name;
      taken.push({ name, x, y, half });
    }
  }

  #lay(unit, width, height) {
    const zoom = Math.min(Math.max(Math.round(Math.log2(WORLD / unit / 256)), 0), 19);
    const side = WORLD / 2 ** zoom;
    const [left, top] = [Math.floor((this.#view.x - (width * unit) / 2) / side), Math.floor((this.#view.y - (height * unit) / 2) / side)];
    const [across, down] = [Math.ceil((width * unit) / side) + 1, Math.ceil((height * unit) / side) + 1];
    this.#tiles.replaceChildren();
    for (let x = left; x < left + across; x += 1) {
      for (let y = top; y < top + down; y += 1) {
        const href = this.tiles.url.replace("{z}", zoom).replace("{x}", x).replace("{y}", y);
        draw("image", { href, x: x * side, y: y * side, width: side, height: side }, this.#tiles);
      }
    }
  }

  #credit(tiles, frame) {
    this.#svg.classList.add("tiled");
    const credit = frame.appendChild(document.createElement("span"));
    credit.className = "credit";
    credit.textContent = tiles.credit;
  }

  #listen(frame) {
    const tools = frame.appendChild(document.createElement("div"));
    tools.className = "tools";
    for (const [sign, name, act] of [["+", "zoom-in", () => this.#zoom(0.5)], ["−", "zoom-out", () => this.#zoom(2)], ["⌂", "reset", () => this.#place()]]) {
      const button = tools.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", this.getAttribute(name) ?? { "zoom-in": "Zoom in", "zoom-out": "Zoom out", reset: "Show all" }[name]);
      button.addEventListener("click", act);
    }
    const svg = this.#svg;
    svg.addEventListener("wheel", (event) => { event.preventDefault(); this.#zoom(event.deltaY > 0 ? 1.25 : 0.8); }, { passive: false });
    svg.addEventListener("pointerdown", (event) => { this.#drag = { x: event.clientX, y: event.clientY, from: this.#view, moved: false }; svg.setPointerCapture(event.pointerId); });
    svg.addEventListener("pointermove", (event) => this.#pull(event));
    svg.addEventListener("pointerup", (event) => this.#drop(event));
    svg.addEventListener("pointercancel", () => { this.#drag = undefined; });
    svg.addEventListener("keydown", (event) => this.#press(event));
  }

  #zoom(factor) {
    this.#look({ ...this.#view, width: this.#view.width * factor });
  }

  #pull({ clientX, clientY }) {
    if (!this.#drag) return;
    const [right, down] = [clientX - this.#drag.x, clientY - this.#drag.y];
    this.#drag.moved ||= Math.hypot(right, down) > 4;
    const { from } = this.#drag;
    if (this.#drag.moved) this.#look({ ...from, x: from.x - right * from.unit, y: from.y - down * from.unit });
  }

  #drop(event) {
    const wasClick = this.#drag && !this.#drag.moved;
    this.#drag = undefined;
    if (!wasClick || !this.hasAttribute("picks")) return;
    const box = this.#svg.getBoundingClientRect();
    const { x, y, unit } = this.#view;
    this.#pick([x + (event.clientX - box.left - box.width / 2) * unit, y + (event.clientY - box.top - box.height / 2) * unit]);
  }

  #pick(at) {
    const [lat, lon] = unproject(at);
    this.dispatchEvent(new CustomEvent("pick", { bubbles: true, detail: { lat, lon } }));
  }

  // Arrows move the map, + and − zoom; where a place can be picked, Enter takes the middle.
  #press(event) {
    const step = this.#view.width / 6;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) this.#look({ ...this.#view, x: this.#view.x + moves[event.key][0], y: this.#view.y + moves[event.key][1] });
    else if (event.key === "+" || event.key === "=") this.#zoom(0.5);
    else if (event.key === "-") this.#zoom(2);
    else if (event.key === "Enter" && this.hasAttribute("picks")) this.#pick([this.#view.x, this.#view.y]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
customElements.define("city-map", CityMap);
