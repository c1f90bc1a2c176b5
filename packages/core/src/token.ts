/** Whether `text` is a token (RFC 9110, section 5.6.2), as names of subprotocols and headers are. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i.test(text)
}

/** The members of a comma-separated list (RFC 9110, section 5.6.1), without the empty ones. */
export function listMembers(value: string | undefined): string[] {
  if (value === undefined) return []
  return value
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '')
}
