// Removes what an earlier build of the package in this folder has left, so that no file outlives its
// source.
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
