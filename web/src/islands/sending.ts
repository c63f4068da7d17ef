// What the two ways of sending a file have in common.

/** One file on its way, with the folder it lay in. */
export interface Sent {
  file: File;
  inside: string;
  unit: string;
}

/** What is told about one file while it goes. */
export interface Told {
  share(percent: number): void;
  offline(percent: number): void;
}

/** How one file is sent: resolves when it has come in whole, rejects with a sentence. `stop` gives it up. */
export interface Sending {
  done: Promise<void>;
  stop(): void;
}
