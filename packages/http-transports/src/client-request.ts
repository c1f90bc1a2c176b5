import type { HttpCall } from '@wirebeat/core/extension'

/** What is looked at of a request. */
export interface RequestHead {
  readonly method: string
  readonly headers: { get(name: string): string | undefined }
}

/** A request by which a client sends something, or leaves: one of its own, or one that another server has forwarded. */
export interface ClientRequest extends Pick<HttpCall, 'body' | 'respond' | 'refuse'> {
  readonly request: RequestHead
}

/** Whether what a client sends is text, by its Content-Type. */
export function isText({ headers }: RequestHead): boolean {
  return /^text\//i.test(headers.get('content-type') ?? '')
}
