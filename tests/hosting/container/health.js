// Asks the server whether it lives, from within its container.
const { status } = await fetch(`http://127.0.0.1:${process.env.PORT ?? 5000}/live`)
process.exitCode = status === 200 ? 0 : 1
