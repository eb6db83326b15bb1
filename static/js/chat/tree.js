// A thread is a tree of turns: which path of it is shown, and what stands beside each turn.

export class Tree {
  constructor(turns = []) {
    this.turns = new Map();
    this.chosen = new Map(); // parent id -> the child that is shown
    for (const turn of turns) this.add(turn);
  }

  add(turn) {
    this.turns.set(turn.id, turn);
    this.chosen.set(turn.parent ?? "", turn.id);
  }

  children(parent) {
    return [...this.turns.values()].filter((turn) => (turn.parent ?? "") === (parent ?? ""));
  }

  /** The turns that are shown, from the first to the last. */
  get path() {
    const out = [];
    let parent = "";
    for (;;) {
      const among = this.children(parent);
      if (!among.length) return out;
      const turn = among.find((each) => each.id === this.chosen.get(parent)) ?? among.at(-1);
      out.push(turn);
      parent = turn.id;
    }
  }

  /** {at, total, previous, next} of a turn among those with the same parent. */
  beside(turn) {
    const among = this.children(turn.parent);
    const at = among.findIndex((each) => each.id === turn.id);
    return { at: at + 1, total: among.length, previous: among[at - 1], next: among[at + 1] };
  }

  choose(turn) {
    this.chosen.set(turn.parent ?? "", turn.id);
  }

  /** Show the path that leads to a turn. */
  reveal(id) {
    let turn = this.turns.get(id);
    while (turn) {
      this.choose(turn);
      turn = this.turns.get(turn.parent);
    }
  }
}
