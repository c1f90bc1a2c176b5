/** The members of the web's `Request` that a handshake needs. */
export interface WebRequest {
  readonly method: string
  readonly url: string
  readonly headers: {
    get(name: string): string | null
    set(name: string, value: string): void
    delete(name: string): void
    forEach(callback: (value: string, name: string) => void): void
  }
  readonly signal: {
    addEventListener(type: 'abort', listener: () => void): void
    removeEventListener(type: 'abort', listener: () => void): void
  }
  /** Read for plain requests only. */
  readonly body?: WebBody | null
}

/** The web's `Response`, where the types of the runtime have it. */
export type WebResponse = typeof globalThis extends { Response: new () => infer R } ? R : object

/** The body of the web's `Request`. */
export interface WebBody {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    cancel(): Promise<void>
  }
}
