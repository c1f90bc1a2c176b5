import { program } from './client.ts'
import { testOutsider } from './interop.ts'

testOutsider("Python's websockets", 'WIREBEAT_PYTHON', (python) => [
  python,
  '-I',
  program('python.py'),
])
