/** What the demo says of its endpoint. Times in milliseconds. */
export interface EndpointSettings {
  readonly heartbeatMessage: string
  /** X; 0 where the rule is off. */
  readonly keepAliveInterval: number
  readonly clientTimeout: number
  readonly aliveOn: 'traffic' | 'message'
  /** Bytes. A larger message ends the connection. */
  readonly maxMessageSize: number
}

/** The settings that the demo has written into its page. */
export function readSettings(): EndpointSettings {
  // Both come from the same build of the same server.
  return JSON.parse(meta('wirebeat-settings')) as EndpointSettings
}

/** What the server has written into the head of the page under this name. */
export function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
}
