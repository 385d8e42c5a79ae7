import express from 'express'

const app = express()
const port = Number(process.env.PORT ?? 3000)

app.get('/health', (request, response) => response.json({ status: 'ok' }))
app.get('/', (request, response) => response.send('hello'))

app.listen(port)
