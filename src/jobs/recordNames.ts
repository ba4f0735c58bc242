/** Which record the jobs at the services have. Asked for every listed job at every tick, so no key is put together for it. */
export class RecordNames {
  private readonly ids = new Map<string, Map<string, string>>();

  /** The id of the record of the job that a connection's service calls `name`. */
  get(connectionId: string, name: string): string | undefined {
    return this.ids.get(connectionId)?.get(name);
  }

  set(connectionId: string, name: string, id: string): void {
    const ofConnection = this.ids.get(connectionId);
    if (ofConnection === undefined) this.ids.set(connectionId, new Map([[name, id]]));
    else ofConnection.set(name, id);
  }

  /** @returns whether there was one. */
  delete(connectionId: string, name: string): boolean {
    return this.ids.get(connectionId)?.delete(name) === true;
  }
}
