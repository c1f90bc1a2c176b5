/** What WebSockets are carried by: a socket of TCP or TLS each, or a stream of HTTP/2 over TLS (RFC 8441). */
export type Carrier = 'TCP' | 'TLS' | 'HTTP/2'
