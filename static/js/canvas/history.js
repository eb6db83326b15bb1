// Undo and redo without end. A step holds what to put back; putting it back gives the step that goes the other way.
//
// Steps are kept on the device as they come. In memory stay the newest, up to a bound; older ones are read again when
// one gets back to them.

import { sizeOf } from "./packed.js";

const ROOM = 48 * 2 ** 20; // bytes of steps in memory

const weigh = (step) => 200 + (step.state ? JSON.stringify(step.state).length * 2 : 0) + (step.tiles ?? []).reduce((sum, tile) => sum + sizeOf(tile.data) + 24, 0);

export class History {
  #steps = []; // null where it is on the device only
  #held = 0;
  #weights = new Map(); // bytes of the steps that lie in memory and have their last form

  /** at, length: how far an earlier visit had come. */
  constructor(keeper, { at = 0, length = 0 } = {}, room = ROOM) {
    this.keeper = keeper;
    this.room = room;
    this.#steps = new Array(length).fill(null);
    this.at = at;
  }

  get length() {
    return this.#steps.length;
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.#steps.length;
  }

  /** Bytes of steps that lie in memory. */
  get held() {
    return this.#held;
  }

  /** `packed` resolves when the step has its last form; it is weighed and kept then. */
  push(step, packed = Promise.resolve()) {
    const gone = this.#steps.splice(this.at);
    if (gone.length) this.keeper.dropStepsFrom(this.at);
    this.at += 1;
    this.#steps.push(step);
    for (const each of gone) this.#unweigh(each);
    packed.then(() => { if (this.#steps.includes(step)) this.#keep(this.#steps.indexOf(step), step); });
  }

  #unweigh(step) {
    this.#held -= this.#weights.get(step) ?? 0;
    this.#weights.delete(step);
  }

  /** `apply(step)` puts it back and resolves to its reverse. Resolves to whether there was one. */
  async undo(apply) {
    if (!this.canUndo) return false;
    return this.#turn(this.at - 1, -1, apply);
  }

  async redo(apply) {
    if (!this.canRedo) return false;
    return this.#turn(this.at, 1, apply);
  }

  async #turn(n, by, apply) {
    const step = this.#steps[n] ?? (await this.keeper.step(n));
    if (!step) { // what was kept is gone: the way ends here
      for (const each of by < 0 ? this.#steps.splice(0, this.at) : this.#steps.splice(this.at)) this.#unweigh(each);
      if (by < 0) this.at = 0;
      return false;
    }
    const reverse = await apply(step);
    this.at += by;
    this.#unweigh(this.#steps[n]);
    this.#steps[n] = reverse;
    this.#keep(n, reverse);
    return true;
  }

  async #keep(n, step) {
    this.#weights.set(step, weigh(step));
    this.#held += this.#weights.get(step);
    if (await this.keeper.keepStep(n, step)) this.#thin();
  }

  /** Let go of the steps that are farthest from here. */
  #thin() {
    let [low, high] = [0, this.#steps.length - 1];
    while (this.#held > this.room && low < high) {
      const n = this.at - low > high - this.at ? low++ : high--;
      if (!this.#weights.has(this.#steps[n]) || n === this.at || n === this.at - 1) continue;
      this.#unweigh(this.#steps[n]);
      this.#steps[n] = null;
    }
  }
}
