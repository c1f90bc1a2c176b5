/** What the page knows of its one connection. */
export type ConnectionState =
  | { phase: 'disconnected' }
  | { phase: 'connecting' | 'connected' | 'closing'; socket: WebSocket }
  | { phase: 'closed'; code: number; wasClean: boolean }

/** Shows the state in the corner and in the title of the page. */
export function showStatus(badge: HTMLElement, text: HTMLElement, state: ConnectionState): void {
  const words = statusWords(state)
  badge.setAttribute('data-phase', state.phase)
  badge.toggleAttribute('data-unclean', state.phase === 'closed' && !state.wasClean)
  text.textContent = words
  document.title = `${words} · Wirebeat echo`
}

function statusWords(state: ConnectionState): string {
  switch (state.phase) {
    case 'disconnected':
      return 'Disconnected'
    case 'connecting':
      return 'Connecting…'
    case 'connected':
      return 'Connected'
    case 'closing':
      return 'Closing…'
    case 'closed':
      return `Closed (${state.code})`
  }
}
