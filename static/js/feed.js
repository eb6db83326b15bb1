// The one reader of feeds: "events after n" by websocket, by long poll where sockets fail; it comes back by itself.
//
//   const feed = new Feed("jobs", id, {after, onevent, onpreview, onreset, onlink});
//   feed.close();
//
// onevent(event): each event once, in order. onpreview({job, attempt, mime}, Blob). onreset(): the place is too far
// back, load afresh; resolve to the n to go on from. onlink(up): the connection came or went. onnotices(): one's own
// notices have changed. onhere({here, n}): who else is here; `here` says at which place this page is, `feed.away = true`
// that nobody looks at it.

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15_000;
const SOCKET_TRIES = 2; // failed openings in a row before the long poll takes over
const POLLABLE = new Set(["jobs"]);
const REFUSED = new Set([4403, 4404]); // rights ended, or it is not there: coming back would not help

export class Feed {
  #kind; #id; #after; #hooks; #socket = null; #closed = false; #failed = 0; #wait = FIRST_WAIT; #timer = 0; #abort = null; #up = null; #away = false;

  constructor(kind, id, { after = 0, ...hooks } = {}) {
    this.#kind = kind;
    this.#id = id;
    this.#after = after;
    this.#hooks = hooks;
    this.wake = this.wake.bind(this);
    addEventListener("online", this.wake);
    this.#open();
  }

  /** The number of the last event that was given. */
  get after() {
    return this.#after;
  }

  set away(away) {
    if (this.#away === away) return;
    this.#away = away;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(away ? "away" : "back");
  }

  close() {
    this.#closed = true;
    removeEventListener("online", this.wake);
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#socket?.close();
  }

  /** Try again now instead of at the end of the wait. */
  wake() {
    if (this.#closed || this.#socket || this.#abort) return;
    clearTimeout(this.#timer);
    this.#wait = FIRST_WAIT;
    this.#open();
  }

  #open() {
    if (this.#closed) return;
    if (this.#failed >= SOCKET_TRIES && POLLABLE.has(this.#kind)) {
      this.#poll();
      return;
    }
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/${this.#kind}/${this.#id}?after=${this.#after}${this.#hooks.onnotices ? "&notices=1" : ""}${this.#hooks.onhere ? `&here=${encodeURIComponent(this.#hooks.here ?? "")}` : ""}`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#failed = 0;
      this.#wait = FIRST_WAIT;
      if (this.#away) socket.send("away");
      this.#link(true);
    };
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.#take(JSON.parse(data)) : this.#frame(data));
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      if (REFUSED.has(code)) {
        this.close();
        return;
      }
      if (!opened) this.#failed += 1;
      this.#again();
    };
  }

  async #poll() {
    this.#abort = new AbortController();
    try {
      const answer = await fetch(`/api/v1/${this.#kind}/${this.#id}/events?after=${this.#after}&wait=25`, {
        signal: this.#abort.signal, credentials: "same-origin", headers: { Accept: "application/json" },
      });
      this.#abort = null;
      if (!answer.ok) throw new Error(String(answer.status));
      const { events = [], snapshot, final } = await answer.json();
      this.#wait = FIRST_WAIT;
      this.#link(true);
      if (snapshot) await this.#reset();
      for (const event of events) await this.#take(event);
      if (final && !events.length) this.close();
      else if (events.length) this.#open();
      else {
        this.#failed = 0; // a quiet while: see whether sockets work again
        this.#open();
      }
    } catch {
      this.#abort = null;
      this.#again();
    }
  }

  #again() {
    if (this.#closed) return;
    this.#link(false);
    this.#timer = setTimeout(() => this.#open(), this.#wait * (0.7 + Math.random() * 0.6));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #link(up) {
    if (this.#up === up) return;
    this.#up = up;
    this.#hooks.onlink?.(up);
  }

  async #take(message) {
    if (this.#closed) return;
    if (message.reset) {
      await this.#reset();
      return;
    }
    if (message.notices) {
      this.#hooks.onnotices?.();
      return;
    }
    if (message.here) {
      this.#hooks.onhere?.(message);
      return;
    }
    if (typeof message.n !== "number" || message.n <= this.#after) return;
    this.#after = message.n;
    this.#hooks.onevent?.(message);
  }

  async #reset() {
    const from = await this.#hooks.onreset?.();
    if (typeof from === "number") this.#after = from;
  }

  #frame(buffer) {
    const length = new DataView(buffer).getUint32(0);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    this.#hooks.onpreview?.(header, new Blob([new Uint8Array(buffer, 4 + length)], { type: header.mime }));
  }
}
