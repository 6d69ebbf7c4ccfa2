// The time at the server, whatever this phone's own clock says.

/** Tells the server's time, as learned from its answers. */
export class Clock {
  /** Seconds that the server's clock is ahead of this phone's; as far as it was needed to get a proof accepted. */
  #ahead = 0;
  /** The same, as measured at the last answer; `undefined` before the first. */
  #measured: number | undefined;

  constructor(private readonly unixMillis: () => number) {}

  /** Unix seconds at the server. */
  now(): number {
    return Math.floor(this.unixMillis() / 1000) + this.#ahead;
  }

  /** Unix milliseconds of this phone's clock, so many seconds from now. */
  in(seconds: number): number {
    return this.unixMillis() + seconds * 1000;
  }

  /** The server's clock is ahead by so many seconds, as the last answer said. */
  get measured(): number | undefined {
    return this.#measured;
  }

  /** An answer said what time it is. */
  heard(serverSeconds: number): void {
    this.#measured = serverSeconds - Math.floor(this.unixMillis() / 1000);
  }

  /** The server did not take this phone's time: its own counts from here on. */
  adopt(): void {
    this.#ahead = this.#measured ?? 0;
  }
}
