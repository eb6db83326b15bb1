// Keys of the canvas. Letters count only while the focus is on the picture or its tools, not where one writes.

const TOOLS = { b: "brush", e: "eraser", l: "lasso", r: "rectangle", w: "wand", f: "frame", v: "move", h: "hand" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Whether one writes there: letters and what is pasted are the field's. A slider or a tick takes neither. */
export const writes = (target) => Boolean(target.closest?.("textarea, select, input:not([type=range], [type=checkbox], [type=radio])"));

/** Whether arrows move where the tool would begin. */
const byArrows = (tool) => tool.cursor === "paints" || tool.presses;

/** The brush that arrows move: Enter lowers and lifts it. */
class ArrowBrush {
  #down = false;

  constructor(page) {
    this.page = page;
  }

  get at() {
    const { rect } = this.page.work.state;
    this.place ??= { x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 };
    return { ...this.place, pressure: 1 };
  }

  move([dx, dy], far) {
    const { page } = this;
    const { rect } = page.work.state;
    const step = Math.max(1, page.options.size / 4) * (far ? 4 : 1);
    const { x, y } = this.at;
    this.place = { x: Math.min(rect.x + rect.w, Math.max(rect.x, x + dx * step)), y: Math.min(rect.y + rect.h, Math.max(rect.y, y + dy * step)) };
    if (this.#down) page.tool.move([this.at], {});
    this.show();
  }

  press() {
    const { page } = this;
    if (page.tool.presses) {
      page.tool.begin(this.at, { turned: false });
      page.tool.end();
      return;
    }
    this.#down = !this.#down;
    page.showMask();
    if (this.#down) page.tool.begin(this.at, { turned: false });
    else page.tool.end();
    this.show();
    page.say(this.#down ? "pen_down" : "pen_up");
  }

  /** Give up what it has painted since it was lowered. Gives whether it was down. */
  cancel() {
    if (!this.#down) return false;
    this.#down = false;
    this.page.tool.cancel();
    this.show();
    this.page.say("pen_up");
    return true;
  }

  /** Whatever comes next, the pen is lifted. */
  lift() {
    if (this.#down) this.press();
  }

  show() {
    const { page } = this;
    const { x, y } = page.viewport.toView({ ...this.at, w: 0, h: 0 });
    page.hover({ x, y, byKeys: true });
    page.saySoon("pen_at", { x: Math.round(this.at.x), y: Math.round(this.at.y) });
  }
}

export function wireKeys(page) {
  const { view, work, gestures } = page;
  const brush = new ArrowBrush(page);
  page.liftPen = () => brush.lift();

  const arrow = (by, event) => {
    const far = event.shiftKey ? 10 : 1;
    if (byArrows(page.tool)) brush.move(by, event.shiftKey);
    else if (page.tool.cursor === "moves" && page.layer) page.nudge(by[0] * far, by[1] * far);
    else {
      page.viewport.pan(-by[0] * 24 * far, -by[1] * 24 * far);
      page.viewChanged({ moving: true });
    }
  };

  const letters = {
    "[": () => page.resizeBrush(-1), "]": () => page.resizeBrush(1), "+": () => page.zoomBy(1), "=": () => page.zoomBy(1), "-": () => page.zoomBy(-1),
    0: () => page.fit(), 1: () => page.zoomTo(1), i: () => page.act("invert"), j: () => page.act("lift"), c: () => page.act("compare"), m: () => page.act("hide"),
    ",": () => page.results.step(-1), ".": () => page.results.step(1), a: () => page.results.press("accept"), x: () => page.results.press("discard"),
    "?": () => page.act("help"),
    Delete: () => page.act("clear"), Backspace: () => page.act("clear"), Escape: () => brush.cancel() || gestures.cancel() || (page.painter.compare && page.compare()),
  };

  addEventListener("keydown", (event) => {
    const { target, key } = event;
    const writing = writes(target);
    if (document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey) {
      const small = key.toLowerCase();
      if (small === "enter" && !target.closest?.("form")) {
        event.preventDefault();
        page.form?.submit();
      } else if (small === "c" && !writing && page.stage.contains(target) && !String(getSelection())) {
        event.preventDefault();
        page.act("copy");
      } else if (!writing && (small === "z" || small === "y")) {
        event.preventDefault();
        brush.lift();
        if (small === "y" || event.shiftKey) work.redo();
        else work.undo();
      }
      return;
    }
    const here = target === document.body || target.id === "main" || page.stage.contains(target);
    if (writing || !here || event.altKey) return;
    if (key === " " && (target === view || target === document.body || target.id === "main")) {
      event.preventDefault();
      gestures.spaceHeld = true;
      view.dataset.grabs = "";
    } else if (ARROWS[key] && target === view) {
      event.preventDefault();
      arrow(ARROWS[key], event);
    } else if (key === "Enter" && target === view && byArrows(page.tool)) {
      event.preventDefault();
      brush.press();
    } else if (TOOLS[key]) page.choose(TOOLS[key]);
    else if (letters[key] && !(target.matches?.("input") && /[\d+-]/.test(key))) {
      event.preventDefault();
      letters[key]();
    }
  });
  addEventListener("keyup", ({ key }) => {
    if (key !== " ") return;
    gestures.spaceHeld = false;
    delete view.dataset.grabs;
  });
  view.addEventListener("blur", () => brush.lift());
}
