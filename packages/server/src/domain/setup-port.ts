/** What the service keeps about itself. */
export interface SetupStore {
  insertSetupKey(keyHash: Uint8Array, createdAt: number): Promise<void>;
  hasSetupKey(keyHash: Uint8Array): Promise<boolean>;
  deleteSetupKeys(): Promise<void>;
  /** A value kept once for the whole service, e.g. what proves that the master key is the right one. */
  findServiceValue(name: string): Promise<string | undefined>;
  /** Keeps the value unless there is one; answers the one that stands. */
  insertServiceValue(name: string, value: string): Promise<string>;
}
