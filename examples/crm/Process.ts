/**
 * A service in a process of its own: its log and its read models in a database of its own, its neighbours at the other end
 * of HTTP, and the library's runners at work. It is the same value of a service that the tests run step by step.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Feed, processDefinition, runProcessManager, runProjection, systemEnvironment } from 'decider-ts'
import { bearerToken, contract, httpFeed, publishedFeed } from 'decider-ts/adapters/http'
import { migrate, postgresReadModels, postgresStore } from 'decider-ts/adapters/postgres'
import { either as E } from 'fp-ts'
import postgres from 'postgres'
import { appointments } from './appointments/Service.js'
import { campaigns } from './campaigns/Service.js'
import { customers } from './customers/Service.js'
import { relationships } from './relationships/Service.js'
import { type AskError, entriesOf, type Service } from './Service.js'
import type { Maker, Name } from './System.js'

const makers: Readonly<Record<Name, Maker>> = { customers, appointments, relationships, campaigns }

/** What a process is told when it starts. */
export interface Settings {
  readonly name: Name
  readonly database: string
  readonly port: number
  /** Where the feed of each neighbour is. */
  readonly feeds: Readonly<Record<Name, string>>
  readonly token: string
}

const partitions = 8

/** Starts a service, and resolves when it can be asked. */
export const startService = async (settings: Settings): Promise<{ readonly stop: () => Promise<void> }> => {
  const sql = postgres(settings.database, { onnotice: () => {}, max: 6 })
  const migrated = await migrate(sql)()
  if (E.isLeft(migrated))
    throw new Error(`The schema could not be installed: ${JSON.stringify(migrated.left)}`)
  const store = postgresStore(sql)
  const readModels = postgresReadModels(sql, { partitions })
  const feedOf = (name: Name): Feed => httpFeed({ url: settings.feeds[name], token: settings.token })
  const service = makers[settings.name]({
    store,
    readModels,
    feeds: {
      customers: feedOf('customers'),
      appointments: feedOf('appointments'),
      relationships: feedOf('relationships'),
      campaigns: feedOf('campaigns'),
    },
  })
  const running = runAll(service, readModels)
  const closing = new AbortController()
  const server = createServer(
    listener(service, readModels, { token: settings.token, signal: closing.signal }),
  )
  await new Promise<void>((resolve) => server.listen(settings.port, '127.0.0.1', resolve))
  return {
    stop: async () => {
      closing.abort()
      await closed(server)
      await Promise.all(running.map(({ stop }) => stop()))
      await sql.end({ timeout: 5 })
    },
  }
}

type Keeper = ReturnType<typeof postgresReadModels>

/** Every projection and every process of the service. One that cannot go on ends the process: others are not to rely on it. */
const runAll = (service: Service, keeper: Keeper) => {
  // A name of one's own that is the same after a restart: what the process held before it died is its own again at once.
  const options = { owner: service.name, leaseMs: 5_000, environment: systemEnvironment }
  const projections = service.projections.map(({ feed, by }) =>
    by((projection) => runProjection({ feed }, keeper, projection, options)),
  )
  const reactions = service.reactions.map(({ feed, obey, by }) =>
    by(({ keyOf, ...process }) =>
      runProcessManager({ feed }, keeper, processDefinition({ ...process, key: keyOf }), {
        ...options,
        dispatch: obey,
      }),
    ),
  )
  const all = [...projections, ...reactions]
  for (const { done } of all)
    void done.then((end) => {
      if (end._tag !== 'Stopped' && end._tag !== 'StoppedByForce') throw new Error(`Ended: ${end._tag}`)
    })
  return all
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** `POST /commands` takes a list of commands or of such lists, `GET /read/name` answers with a read model, `GET /feed` is for the others. */
const listener = (
  service: Service,
  readModels: Keeper,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
) => {
  const promised = contract(service.contract)
  const feed = publishedFeed(
    { feed: service.published },
    {
      source: `https://crm.example/${service.name}`,
      contract: promised,
      events: promised.events,
      publish: Object.fromEntries(
        promised.names.map((name) => [
          name,
          { as: name, data: ({ type: _, ...data }: object & { type: string }) => data },
        ]),
      ),
      authorize: bearerToken(token),
      signal,
    },
  )
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/feed') {
      feed(request, response)
      return
    }
    answerOf(service, readModels, request, pathname).then(
      (answer) => response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? null)),
      (error: unknown) => response.writeHead(500).end(JSON.stringify({ error: String(error) })),
    )
  }
}

const answerOf = async (service: Service, readModels: Keeper, request: IncomingMessage, path: string) => {
  if (request.method === 'POST' && path === '/commands') return askAll(service, await bodyOf(request))
  const kept = service.projections.find(({ name }) => path === `/read/${name}`)
  if (kept === undefined) return undefined
  const entries = await kept.by((projection) => entriesOf(readModels, projection)())
  if (E.isLeft(entries)) throw new Error(entries.left._tag)
  return Object.fromEntries(entries.right)
}

/** Lists of commands at once, and each list in order; a rejected command does not stop those behind it. */
const askAll = async (service: Service, body: unknown): Promise<ReadonlyArray<unknown>> => {
  const lists = Array.isArray(body) && body.every(Array.isArray) ? body : [body]
  const answers = await Promise.all(
    lists.map((list) => askInTurn(service, Array.isArray(list) ? list : [list])),
  )
  return answers.flat()
}

const askInTurn = async (
  service: Service,
  commands: ReadonlyArray<unknown>,
): Promise<ReadonlyArray<unknown>> => {
  const answers: Array<unknown> = []
  for (const command of commands) {
    const answer = await service.ask(command)()
    answers.push(
      E.isRight(answer) ? { accepted: answer.right.map(({ type }) => type) } : refusalOf(answer.left),
    )
  }
  return answers
}

const refusalOf = (error: AskError): unknown =>
  error._tag === 'Rejected' ? { rejected: error.rejection.type } : { failed: error._tag }

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}
