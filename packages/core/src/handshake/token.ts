/** Whether `text` is a token (RFC 9110, section 5.6.2), as names of subprotocols and headers are. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i.test(text)
}
