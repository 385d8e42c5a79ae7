import { createServer } from 'node:http'

const server = createServer((request, response) => response.end(String(Date.now())))
server.listen(8080)
process.on('SIGTERM', () => server.close())
