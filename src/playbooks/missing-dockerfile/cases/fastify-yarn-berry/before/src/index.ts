import Fastify from 'fastify'

const fastify = Fastify()
fastify.get('/healthz', async () => 'ok')
await fastify.listen({ port: Number(process.env.PORT || 8081), host: '0.0.0.0' })
