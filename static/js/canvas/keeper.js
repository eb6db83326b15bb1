// What is kept on this device so that a reload, or a closed tab, loses nothing: IndexedDB, by the asset that was opened.
//
// One tab keeps it: two that worked on the same would write into each other's steps. Where another tab has it (`elsewhere`),
// or the browser gives none (a private window, a full disk), `there` is false and everything lives in the page only.

const OLD = 30 * 86_400_000;

const PATIENCE = 500; // ms that a page which is left may take to let go

/** Hold a name for as long as this page is open; resolves to whether no other page holds it. */
const hold = (name) => new Promise((resolve) => {
  if (!navigator.locks) resolve(true); // a page without HTTPS
  else navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, () => new Promise(() => resolve(true))).catch(() => resolve(false));
});

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export class Keeper {
  static async open(asset) {
    const keeper = new Keeper();
    keeper.asset = asset;
    keeper.elsewhere = !(await hold(`canvas:${asset}`));
    if (keeper.elsewhere) return keeper;
    try {
      const request = indexedDB.open("canvas", 1);
      request.onupgradeneeded = () => {
        for (const store of ["work", "steps", "pictures"]) request.result.createObjectStore(store);
      };
      keeper.db = await done(request);
      keeper.db.onversionchange = () => keeper.db.close();
      await keeper.#forgetOld();
    } catch {
      keeper.db = null;
    }
    return keeper;
  }

  get there() {
    return Boolean(this.db);
  }

  /** Run `action(store)`; what fails costs what was to be kept, not the page. */
  async #with(name, mode, action) {
    if (!this.db) return undefined;
    try {
      return await done(action(this.db.transaction(name, mode).objectStore(name)));
    } catch {
      return undefined;
    }
  }

  #range(from = 0) {
    return IDBKeyRange.bound([this.asset, from], [this.asset, []]);
  }

  /** The work as it was left, or undefined. */
  work() {
    return this.#with("work", "readonly", (store) => store.get(this.asset));
  }

  keepWork(work) {
    return this.#with("work", "readwrite", (store) => store.put({ ...work, when: Date.now() }, this.asset));
  }

  step(n) {
    return this.#with("steps", "readonly", (store) => store.get([this.asset, n]));
  }

  /** Resolves to whether it is kept. */
  async keepStep(n, step) {
    return (await this.#with("steps", "readwrite", (store) => store.put(step, [this.asset, n]))) !== undefined;
  }

  dropStepsFrom(n) {
    return this.#with("steps", "readwrite", (store) => store.delete(this.#range(n)));
  }

  picture(id) {
    return this.#with("pictures", "readonly", (store) => store.get([this.asset, id]));
  }

  async keepPicture(id, blob) {
    return (await this.#with("pictures", "readwrite", (store) => store.put(blob, [this.asset, id]))) !== undefined;
  }

  /** Forget everything of this asset. */
  async forget() {
    await this.#forget(this.asset);
  }

  async #forget(asset) {
    await this.#with("work", "readwrite", (store) => store.delete(asset));
    for (const name of ["steps", "pictures"]) await this.#with(name, "readwrite", (store) => store.delete(IDBKeyRange.bound([asset], [asset, []])));
  }

  async #forgetOld() {
    const keys = (await this.#with("work", "readonly", (store) => store.getAllKeys())) ?? [];
    for (const key of keys) {
      if (key === this.asset) continue;
      const work = await this.#with("work", "readonly", (store) => store.get(key));
      if (Date.now() - (work?.when ?? 0) > OLD) await this.#forget(key);
    }
  }
}
