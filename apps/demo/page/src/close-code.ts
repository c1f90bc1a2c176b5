const meanings: ReadonlyMap<number, string> = new Map([
  [1000, 'normal closure'],
  [1001, 'going away: the server is shutting down, or the page was left'],
  [1002, 'protocol error: a frame broke the rules of WebSocket'],
  [1003, 'unsupported data: this kind of message is not accepted'],
  [1005, 'closed without a code'],
  [1006, 'lost without a close frame'],
  [1007, 'invalid data: text that is not UTF-8'],
  [1008, 'policy violation: the server refuses to go on with this client'],
  [1009, 'message too big'],
  [1010, 'an extension that the client needs is missing'],
  [1011, 'server error: something unexpected went wrong there'],
  [1012, 'the server is restarting'],
  [1013, 'try again later: the server is overloaded'],
  [1014, 'bad gateway: a proxy got an invalid response'],
  [1015, 'the TLS handshake failed'],
  [3000, 'unauthorized'],
  [3003, 'forbidden'],
  [3008, 'timeout'],
])

/** A close code in words: RFC 6455, section 7.4.1, and the IANA registry of close codes. */
export function closeCodeMeaning(code: number): string {
  const meaning = meanings.get(code)
  if (meaning !== undefined) return meaning
  if (code >= 4000 && code <= 4999) return 'a code of the application’s own'
  if (code >= 3000 && code <= 3999) return 'a code registered for a library or framework'
  return 'a code without a defined meaning'
}
