import process from 'node:process'

/** The path of the program Bun, where this machine has one. */
export const bun: string | undefined = process.env['WIREBEAT_BUN'] || undefined
