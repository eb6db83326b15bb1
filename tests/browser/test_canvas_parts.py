"""Parts of the canvas, in the browser, where they run: packing, growing, feathering, undo in bounded memory, wand, zoom."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page

from tests.browser.steps import found

UNITS = """async () => {
  const at = (name) => import(`/static/js/canvas/${name}.js`);
  const [{ pack, unpack }, { grow, feather }, { History }, { Viewport }, { pick }] = await Promise.all(["packed", "reshape", "history", "geometry", "wand"].map(at));
  const told = {};
  let seed = 1;
  const dice = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  told.packs = [];
  for (let n = 0; n < 200; n += 1) {
    const bytes = new Uint8Array(1 + Math.floor(dice() * 900));
    for (let i = 0; i < bytes.length;) {
      const run = 1 + Math.floor(dice() ** 3 * 300), value = Math.floor(dice() * 256);
      for (let k = 0; k < run && i < bytes.length; k += 1) bytes[i++] = dice() < 0.1 ? Math.floor(dice() * 256) : value;
    }
    const back = unpack(pack(bytes), bytes.length);
    told.packs.push(back.every((value, i) => value === bytes[i]));
  }
  told.even = pack(new Uint8Array(65536).fill(7));
  const one = new Uint8Array(41 * 41);
  one[20 * 41 + 20] = 255;
  const disc = grow(one, 41, 41, 6);
  told.area = disc.reduce((sum, value) => sum + value, 0) / 255;
  told.back = grow(disc, 41, 41, -6).filter((value) => value > 127).length;
  const soft = feather(disc, 41, 41, 6);
  told.soft = [soft.reduce((sum, value) => sum + value, 0) / 255, soft[20 * 41 + 20], soft[20 * 41 + 34]];

  // Undo without end in bounded memory: what does not fit lies in the keeper.
  const kept = new Map();
  const keeper = { keepStep: async (n, step) => { kept.set(n, structuredClone(step)); return true; }, step: async (n) => kept.get(n), dropStepsFrom: async (n) => { for (const key of kept.keys()) if (key >= n) kept.delete(key); } };
  const history = new History(keeper, {}, 20_000);
  let now = 0;
  for (let n = 1; n <= 60; n += 1) {
    history.push({ tiles: [{ x: 0, y: 0, data: new Uint8Array(1000).fill(now) }] });
    now = n;
    await new Promise((resolve) => setTimeout(resolve));
  }
  told.held = history.held;
  const apply = async (step) => {
    const reverse = { tiles: [{ x: 0, y: 0, data: new Uint8Array(1000).fill(now) }] };
    now = step.tiles[0].data[0];
    return reverse;
  };
  const way = [];
  while (await history.undo(apply)) way.push(now);
  told.undone = way.every((value, i) => value === 59 - i) && way.length === 60;
  while (await history.redo(apply)) way.push(now);
  told.redone = way.slice(60).every((value, i) => value === i + 1) && way.length === 120;

  // The wand: a maze in which the way turns back on itself, and a place of the same colour that it does not reach.
  const maze = ["#.#######", "#.#...#.#", "#.#.#.#.#", "#...#...#", "#########", "#..######"].join("").split("");
  const data = new Uint8ClampedArray(maze.flatMap((letter) => (letter === "." ? [200, 210, 220, 255] : [200, 210, 190, 255])));
  const taken = (tolerance, together) => pick({ data, width: 9, height: 6 }, { x: 1, y: 0 }, { tolerance, together }).reduce((sum, value) => sum + value, 0) / 255;
  told.wand = [taken(29, true), taken(29, false), taken(30, true)];

  const view = new Viewport();
  Object.assign(view, { width: 800, height: 600 });
  view.fit({ x: 0, y: 0, w: 2048, h: 1024 });
  const before = view.toPicture(200, 300);
  view.zoomTo(3, 200, 300);
  const after = view.toPicture(200, 300);
  told.stays = Math.hypot(before.x - after.x, before.y - after.y);
  return told;
}"""


def test_parts(page: Page) -> None:
    """Packing, growing, feathering, undo in bounded memory, zoom: in the browser, where they run."""
    page.goto("/canvas/")
    assert found(page) == []
    told = page.evaluate(UNITS)
    assert all(told["packs"])
    assert told["even"] == 7
    assert abs(told["area"] - np.pi * 6.5**2) < 8
    assert told["back"] <= 9
    total, middle, beyond = told["soft"]
    assert abs(total - told["area"]) < 3
    assert middle < 255
    assert beyond == 0
    assert told["held"] < 25_000
    assert told["wand"] == [16, 18, 54]
    assert told["undone"]
    assert told["redone"]
    assert told["stays"] < 1e-6
