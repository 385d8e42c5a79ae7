import { createServer } from 'node:http'
import { greeting } from './greeting.js'

const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/plain')
  response.end(request.url === '/health' ? 'ok' : greeting('visitor'))
})

server.listen(process.env.PORT || 3000)
process.on('SIGTERM', () => server.close())
