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

/** Builds a project of this package, and returns the path of the program. */
export function buildDotnet(project: string, name: string): string {
  mkdirSync(join(HOME, 'home'), { recursive: true })
  const artifacts = join(HOME, name)
  const args = ['publish', project, '--configuration', 'Release', '--artifacts-path', artifacts]
  const built = spawnSync('dotnet', args, { encoding: 'utf8', env: ENVIRONMENT })
  const program = join(artifacts, 'publish', name, 'release', `${name}.dll`)
  if (built.status === 0 && existsSync(program)) return program
  throw new Error(`dotnet could not build ${name}:\n${built.stdout}${built.stderr}`)
}

/** Fetches and builds what starting needs. */
export function prepareGenuine(): string {
  return buildDotnet(PROJECT, 'genuine')
}

/** Builds and starts the reference hub on ASP.NET Core. It ends with this process. */
export async function startGenuine(): Promise<Started> {
  const program = prepareGenuine()
  const child = spawn('dotnet', [program], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'inherit'] })
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
