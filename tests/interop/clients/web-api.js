// A conversation through the WebSocket API of the web standard. It runs in a page, and in every
// runtime that has the same API, so it uses nothing else.

/**
 * @param open makes the WebSocket
 * @returns the outcome, once the connection has ended
 */
export function converse({ idle, send, close }, open) {
  return new Promise((resolve) => {
    const socket = open()
    socket.binaryType = 'arraybuffer'
    const messages = []
    let hasOpened = false
    const closeWhenAnswered = () => {
      if (close && messages.length === send.length) socket.close(close.code, close.reason)
    }
    socket.onopen = () => {
      hasOpened = true
      setTimeout(() => {
        for (const message of send) socket.send(decode(message))
        closeWhenAnswered()
      }, idle)
    }
    socket.onmessage = ({ data }) => {
      messages.push(encode(data))
      closeWhenAnswered()
    }
    socket.onclose = ({ code, reason }) => {
      const { protocol } = socket
      resolve(
        hasOpened
          ? { opened: true, protocol, messages, close: { code, reason } }
          : { opened: false },
      )
    }
  })
}

function decode({ text, base64 }) {
  return text ?? Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

function encode(data) {
  if (typeof data === 'string') return { text: data }
  const characters = Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte))
  return { base64: btoa(characters.join('')) }
}
