import { readFile } from 'node:fs/promises'
import { unpack } from '@publint/pack'

/** What the tests look at in a package.json. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly [field: string]: unknown
}

/** A package as it is published. */
export interface Tarball {
  readonly manifest: Manifest
  /** As npm is sent it. */
  readonly packed: Buffer<ArrayBuffer>
  /** The names of its files, without the folder that all are in, and their contents. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** Reads packed packages, in the order of their names. */
export async function readTarballs(paths: readonly string[]): Promise<readonly Tarball[]> {
  const all = await Promise.all(paths.map(readTarball))
  return all.sort((a, b) => a.manifest.name.localeCompare(b.manifest.name))
}

async function readTarball(path: string): Promise<Tarball> {
  const packed = await readFile(path)
  const { files: entries, rootDir } = await unpack(
    packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength),
  )
  const files = new Map(entries.map(({ name, data }) => [name.slice(rootDir.length + 1), data]))
  const manifest = JSON.parse(new TextDecoder().decode(files.get('package.json')))
  return { manifest, packed, files }
}
