import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Started } from './reference/reference-hub.ts'

const PROJECT = fileURLToPath(new URL('../genuine', import.meta.url))
/** Where `dotnet` keeps what it fetches and builds: nothing of it belongs into the repository. */
const HOME = join(tmpdir(), 'wirebeat-dotnet')
/** The environment of `dotnet`, and of what it runs. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  DOTNET_CLI_HOME: join(HOME, 'home'),
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_NOLOGO: '1',
  NUGET_PACKAGES: join(HOME, 'packages'),
}

/** The version of the SDK of .NET 10 that is here, if one is. */
export function dotnetVersion(): string | undefined {
  const { stdout } = spawnSync('dotnet', ['--version'], { encoding: 'utf8', env: ENVIRONMENT })
  return stdout?.startsWith('10.') ? stdout.trim() : undefined
}

/** The versions of .NET whose ASP.NET Core can be asked, the newest first. */
export const DOTNETS = ['10', '9', '8'] as const
export type Dotnet = (typeof DOTNETS)[number]

/** Builds a project of this package for .NET 10, and returns what starts the program. */
export function buildDotnet(project: string, name: string): readonly string[] {
  return ['dotnet', join(publish(project, name, name, []), 'release', `${name}.dll`)]
}

/** Builds it for an older .NET, with the runtime that NuGet has, and returns what starts the program. */
function buildForOlder(dotnet: Dotnet): readonly string[] {
  const runtime = `linux-${process.arch}`
  const options = [`-p:Dotnet=${dotnet}`, '--runtime', runtime, '--self-contained']
  const folder = publish(PROJECT, 'genuine', `genuine-${dotnet}`, options)
  return [join(folder, `release_${runtime}`, 'genuine')]
}

function publish(
  project: string,
  name: string,
  folder: string,
  options: readonly string[],
): string {
  mkdirSync(join(HOME, 'home'), { recursive: true })
  const artifacts = join(HOME, folder)
  const args = ['publish', project, '-c', 'Release', '--artifacts-path', artifacts, ...options]
  const built = spawnSync('dotnet', args, { encoding: 'utf8', env: ENVIRONMENT })
  const published = join(artifacts, 'publish', name)
  if (built.status === 0 && existsSync(published)) return published
  throw new Error(`dotnet could not build ${name}:\n${built.stdout}${built.stderr}`)
}

/** Fetches and builds what starting needs, and returns what starts it. */
export function prepareGenuine(dotnet: Dotnet = '10'): readonly string[] {
  return dotnet === '10' ? buildDotnet(PROJECT, 'genuine') : buildForOlder(dotnet)
}

/** Builds and starts the reference hub on ASP.NET Core. It ends with this process. */
export async function startGenuine(dotnet: Dotnet = '10'): Promise<Started> {
  const [command = '', ...args] = prepareGenuine(dotnet)
  const child = spawn(command, args, { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const line = await new Promise<string | undefined>((resolve) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    void ended.then(() => resolve(undefined))
  })
  if (line === undefined) throw new Error('The reference hub on ASP.NET Core ended at its start.')
  return {
    origin: line,
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
